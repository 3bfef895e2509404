using System.Security.Cryptography;
using System.Text;

namespace Replays.Grains.Incidents;

/// <summary>The report that opens an incident. Immutable; written before any effect.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-report")]
public sealed record IncidentReport
{
    /// <summary>The incident's id: 32 hexadecimal digits.</summary>
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required IncidentSource Source { get; init; }
    [Id(2)] public required DateTimeOffset ReportedAt { get; init; }
    [Id(3)] public required Actor By { get; init; }

    /// <summary>
    /// <c>not-mine</c>, <c>wrong-content</c>, <c>wrong-patient</c>, <c>other</c>, the safeguard, the audit finding, or an officer's text.
    /// </summary>
    [Id(4)] public required string Reason { get; init; }
    [Id(5)] public string? Comment { get; init; }
    [Id(6)] public ImmutableArray<RecordingId> Recordings { get; init; } = [];

    /// <summary>The full name of what a safeguard denied or an ownership audit found.</summary>
    [Id(7)] public string? Cause { get; init; }

    /// <summary>Of the request that opened it, if it had one: the incident's id is then derived from the key.</summary>
    [Id(8)] public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>A finding of an ownership audit: one incident per cause, however often it is found.</summary>
    /// <param name="kind">The kind of finding.</param>
    /// <param name="cause">The full name of what it concerns; null when there are several.</param>
    /// <param name="at">The time of the finding.</param>
    public static IncidentReport ForFinding(string kind, string? cause, DateTimeOffset at) => new()
    {
        Id = IdFor($"audit/{kind}/{cause}"),
        Source = IncidentSource.Audit,
        ReportedAt = at,
        By = Actor.System,
        Reason = kind,
        Cause = cause,
    };

    /// <summary>An audit trail that fails verification: one incident per first broken entry.</summary>
    public static IncidentReport ForBrokenTrail(PatientId patient, long? firstBroken, DateTimeOffset at) =>
        ForFinding("trail-broken", $"{patient.Name}/trail/{firstBroken}", at);

    public static string WrongPatientId(ConsultationId consultation) => IdFor($"wrong-patient/{consultation.Name}");

    /// <summary>The wrong patient was in a call: one incident per consultation.</summary>
    public static IncidentReport ForWrongPatient(
        ConsultationId consultation, Actor by, ImmutableArray<RecordingId> recordings, DateTimeOffset at) => new()
        {
            Id = WrongPatientId(consultation),
            Source = IncidentSource.Scheduler,
            ReportedAt = at,
            By = by,
            Reason = "wrong-patient",
            Recordings = recordings,
            Cause = consultation.Name,
        };

    /// <summary>The id of the only incident of a cause.</summary>
    public static string IdFor(string cause) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)).AsSpan(0, 16));

    public static string NewId() => Guid.NewGuid().ToString("n");
}
