using System.Collections.Immutable;
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

    public static string NewId() => Guid.NewGuid().ToString("n");
}
