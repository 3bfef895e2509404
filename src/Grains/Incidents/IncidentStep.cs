namespace Replays.Grains.Incidents;

/// <summary>A change of an incident. It is also an entry in the audit trail of every patient concerned.</summary>
/// <param name="Kind">One of <see cref="IncidentStepKinds"/>.</param>
/// <param name="At">The time.</param>
/// <param name="By">The author.</param>
/// <param name="Detail">A reason, a note, or the names of the amended fields.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-step")]
public sealed record IncidentStep(
    [property: Id(0)] string Kind, [property: Id(1)] DateTimeOffset At, [property: Id(2)] Actor By, [property: Id(3)] string? Detail)
{
    /// <summary>The recordings concerned; null: all of the incident's.</summary>
    [Id(4)] public ImmutableArray<RecordingId>? Recordings { get; init; }
}
