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
}
