using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

/// <summary>How an incident came to be known: chosen once, before anything follows from it, and never changed.</summary>
[GenerateSerializer, Immutable, Alias("replays.incident-report")]
public sealed record IncidentReport
{
    /// <summary>The incident's id: 32 hexadecimal digits, not to be guessed.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required IncidentSource Source { get; init; }

    [Id(2)]
    public required DateTimeOffset ReportedAt { get; init; }

    [Id(3)]
    public required Actor By { get; init; }

    /// <summary><c>not-mine</c>, <c>wrong-content</c>, <c>wrong-patient</c>, <c>other</c>, the lock that refused, or the officer's words.</summary>
    [Id(4)]
    public required string Reason { get; init; }

    [Id(5)]
    public string? Comment { get; init; }

    [Id(6)]
    public ImmutableArray<RecordingId> Recordings { get; init; } = [];

    /// <summary>The full name of what a lock refused, or what an audit found.</summary>
    [Id(7)]
    public string? Cause { get; init; }

    /// <summary>The request that opened it, where that is repeatable: its id follows from the key.</summary>
    [Id(8)]
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>What an audit found: one incident a cause, however often it is found.</summary>
    /// <param name="kind">The kind of finding.</param>
    /// <param name="cause">The full name of what it is about; null: several.</param>
    /// <param name="at">When it was found.</param>
    public static IncidentReport ForFinding(string kind, string? cause, DateTimeOffset at) => new()
    {
        Id = IdFor($"audit/{kind}/{cause}"),
        Source = IncidentSource.Audit,
        ReportedAt = at,
        By = Actor.System,
        Reason = kind,
        Cause = cause,
    };

    /// <summary>A trail that does not verify: one incident for each first broken entry, whoever finds it.</summary>
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

    /// <summary>The id of the one incident of a cause.</summary>
    public static string IdFor(string cause) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)).AsSpan(0, 16));

    public static string NewId() => Guid.NewGuid().ToString("n");
}
