using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

/// <summary>An incident as it stands: a snapshot.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident")]
public sealed record Incident
{
    /// <summary>From becoming aware of a breach to telling the regulator (GDPR Art. 33(1)).</summary>
    public static readonly TimeSpan ReportWithin = TimeSpan.FromHours(72);

    [Id(0)]
    public required IncidentReport Report { get; init; }

    [Id(1)]
    public required IncidentKind Kind { get; init; }

    /// <summary>When the controller became aware: the report, unless the officer says otherwise.</summary>
    [Id(2)]
    public required DateTimeOffset AwareAt { get; init; }

    /// <summary>All that are in it by now.</summary>
    [Id(3)]
    public required ImmutableArray<RecordingId> Recordings { get; init; }

    [Id(4)]
    public required IncidentRecord Record { get; init; }

    /// <summary>Null while open.</summary>
    [Id(5)]
    public Resolution? Resolution { get; init; }

    /// <summary>What happened to the incident itself, in order.</summary>
    [Id(6)]
    public ImmutableArray<IncidentStep> Steps { get; init; } = [];

    /// <summary>How often the same cause came.</summary>
    [Id(7)]
    public required long Occurrences { get; init; }

    /// <summary>Changes with every step.</summary>
    public int Version => Steps.Length;

    public bool IsOpen => Resolution is null;

    /// <summary>When the regulator must know; a near-miss has no deadline.</summary>
    public DateTimeOffset? ReportDueAt => Kind is IncidentKind.NearMiss ? null : AwareAt + ReportWithin;

    /// <summary>What an incident is taken for at first.</summary>
    public static IncidentKind KindOf(IncidentSource source) =>
        source is IncidentSource.Safeguard ? IncidentKind.NearMiss : IncidentKind.Suspected;

    /// <summary>When an incident that was just reported is due.</summary>
    public static DateTimeOffset? DueAt(IncidentSource source, DateTimeOffset reportedAt) =>
        KindOf(source) is IncidentKind.NearMiss ? null : reportedAt + ReportWithin;
}

/// <summary>How, why and by whom an incident was resolved, and who approved that the data keys go.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-resolution")]
public sealed record Resolution
{
    [Id(0)]
    public required IncidentOutcome Outcome { get; init; }

    [Id(1)]
    public required string Note { get; init; }

    [Id(2)]
    public required Actor By { get; init; }

    [Id(3)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The second officer; the keys are destroyed.</summary>
    [Id(4)]
    public Actor? ApprovedBy { get; init; }
}

/// <summary>Something that was done about an incident; also goes into the trail of every patient whose recordings are in it.</summary>
/// <param name="Kind">In the past tense, as the trail has it: <c>replay.reported</c>, <c>replay.restored</c>.</param>
/// <param name="At">When.</param>
/// <param name="By">By whom.</param>
/// <param name="Detail">What there is to say beyond that.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-step")]
public sealed record IncidentStep(
    [property: Id(0)] string Kind, [property: Id(1)] DateTimeOffset At, [property: Id(2)] Actor By, [property: Id(3)] string? Detail)
{
    /// <summary>The recordings it is about; null: all of the incident's.</summary>
    [Id(4)]
    public ImmutableArray<RecordingId>? Recordings { get; init; }
}
