namespace Replays.Grains.Incidents;

/// <summary>An officer's additions and corrections. What is null stays unchanged.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-amendment")]
public sealed record IncidentAmendment
{
    [Id(0)] public IncidentKind? Kind { get; init; }
    [Id(1)] public DateTimeOffset? AwareAt { get; init; }
    [Id(2)] public IncidentRecord? Record { get; init; }

    /// <summary>Names of the changed fields: the audit trail must not contain their values.</summary>
    internal string ChangedFields() => string.Join(' ', ((string?[])
        [Kind is null ? null : "kind", AwareAt is null ? null : "awareAt", .. Record?.AnsweredFields() ?? []]).OfType<string>());
}
