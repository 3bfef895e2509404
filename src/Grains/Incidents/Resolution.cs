namespace Replays.Grains.Incidents;

[GenerateSerializer, Immutable, Alias("replays.incident-resolution")]
public sealed record Resolution
{
    [Id(0)] public required IncidentOutcome Outcome { get; init; }
    [Id(1)] public required string Note { get; init; }
    [Id(2)] public required Actor By { get; init; }
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>The second officer, whose approval destroys the data keys.</summary>
    [Id(4)] public Actor? ApprovedBy { get; init; }
}
