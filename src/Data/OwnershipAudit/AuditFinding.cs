namespace Replays.Data.OwnershipAudit;

/// <summary>Something that is not where it belongs.</summary>
/// <param name="Kind">Which rule it breaks; one of <see cref="FindingKinds"/>.</param>
/// <param name="Name">The full name of what is wrong: a row's key, a recording's name, <c>media/{object key}</c>.</param>
/// <param name="Detail">What there is to say beyond that; null: nothing.</param>
public sealed record AuditFinding(string Kind, string Name, string? Detail = null);
