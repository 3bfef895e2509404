namespace Replays.Data.OwnershipAudit;

/// <summary>A violation of an ownership rule.</summary>
/// <param name="Kind">The violated rule: one of <see cref="FindingKinds"/>.</param>
/// <param name="Name">The full name of the affected item: a row's key, a recording's name, <c>media/{object key}</c>.</param>
public sealed record AuditFinding(string Kind, string Name, string? Detail = null);
