namespace Replays.Grains.AuditTrail;

/// <summary>Something that happened to a patient's data, as it goes into the trail. Told once, under an id chosen with the change itself.</summary>
[GenerateSerializer, Immutable, Alias("replays.audit-entry")]
public sealed record AuditEntry
{
    /// <summary>Makes appending repeatable.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, in the past tense: <c>consultation.booked</c>, <c>replay.delivered</c>.</summary>
    [Id(2)]
    public required string Kind { get; init; }

    [Id(3)]
    public required Actor By { get; init; }

    /// <summary>The full name of what it happened to.</summary>
    [Id(4)]
    public required string Subject { get; init; }

    /// <summary>What there is to say beyond that, such as a mode or a reason.</summary>
    [Id(5)]
    public string? Detail { get; init; }
}
