namespace Replays.Grains.Incidents;

/// <summary>What the officer adds or corrects; what is null stays.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-amendment")]
public sealed record IncidentAmendment
{
    [Id(0)]
    public IncidentKind? Kind { get; init; }

    [Id(1)]
    public DateTimeOffset? AwareAt { get; init; }

    [Id(2)]
    public IncidentRecord? Record { get; init; }

    /// <summary>Which answers it changes: for the trail, which is not to hold what they say.</summary>
    internal string ChangedFields() => string.Join(' ', ((string?[])
        [Kind is null ? null : "kind", AwareAt is null ? null : "awareAt", .. Record?.AnsweredFields() ?? []]).OfType<string>());
}
