namespace Replays.Grains.Incidents;

/// <summary>A snapshot of an incident.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident")]
public sealed record Incident
{
    /// <summary>Time from becoming aware of a breach to notifying the regulator (GDPR Art. 33(1)).</summary>
    public static readonly TimeSpan ReportWithin = TimeSpan.FromHours(72);

    [Id(0)] public required IncidentReport Report { get; init; }
    [Id(1)] public required IncidentKind Kind { get; init; }

    /// <summary>When the controller became aware: the time of the report unless the officer amends it.</summary>
    [Id(2)] public required DateTimeOffset AwareAt { get; init; }

    /// <summary>All its recordings so far.</summary>
    [Id(3)] public required ImmutableArray<RecordingId> Recordings { get; init; }
    [Id(4)] public required IncidentRecord Record { get; init; }

    /// <summary>Null while open.</summary>
    [Id(5)] public Resolution? Resolution { get; init; }

    /// <summary>The history of the incident, oldest first.</summary>
    [Id(6)] public ImmutableArray<IncidentStep> Steps { get; init; } = [];

    /// <summary>How often its cause has occurred.</summary>
    [Id(7)] public required long Occurrences { get; init; }

    /// <summary>Changes with every step.</summary>
    public int Version => Steps.Length;

    public bool IsOpen => Resolution is null;

    /// <summary>The deadline for notifying the regulator; null for a near miss.</summary>
    public DateTimeOffset? ReportDueAt => Kind is IncidentKind.NearMiss ? null : AwareAt + ReportWithin;

    /// <summary>The initial kind of an incident.</summary>
    public static IncidentKind KindOf(IncidentSource source) =>
        source is IncidentSource.Safeguard ? IncidentKind.NearMiss : IncidentKind.Suspected;

    /// <summary>The initial deadline of an incident.</summary>
    public static DateTimeOffset? DueAt(IncidentSource source, DateTimeOffset reportedAt) =>
        KindOf(source) is IncidentKind.NearMiss ? null : reportedAt + ReportWithin;
}
