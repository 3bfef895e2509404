namespace Replays.Grains.AuditTrail;

/// <summary>An event in a patient's audit trail. Its id is chosen with the change itself, so that it is published exactly once.</summary>
[GenerateSerializer, Immutable, Alias("replays.audit-entry")]
public sealed record AuditEntry
{
    [Id(0)] public required Guid Id { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>The event in the past tense, such as <c>consultation.booked</c>.</summary>
    [Id(2)] public required string Kind { get; init; }
    [Id(3)] public required Actor By { get; init; }

    /// <summary>The full name of what was changed or accessed.</summary>
    [Id(4)] public required string Subject { get; init; }

    /// <summary>Further information, such as a mode or a reason.</summary>
    [Id(5)] public string? Detail { get; init; }
}
