namespace Replays.Grains.Incidents;

/// <summary>An incident's stored record, format version 1.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-state")]
public sealed record IncidentState
{
    public const string StateName = "incident";

    /// <summary>The incident's full name, <c>incidents/{id}</c>.</summary>
    [Id(0)] public string Owner { get; init; } = "";
    [Id(1)] public IncidentKind Kind { get; init; }
    [Id(2)] public DateTimeOffset AwareAt { get; init; }
    [Id(3)] public IncidentRecord Record { get; init; } = new();
    [Id(4)] public Resolution? Resolution { get; init; }
    [Id(5)] public ImmutableArray<IncidentStep> Steps { get; init; } = [];

    /// <summary>Number of steps whose effects have happened and whose audit entries are published.</summary>
    [Id(6)] public int ProcessedSteps { get; init; }
}
