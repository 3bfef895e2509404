namespace Replays.Grains.Incidents;

/// <summary>A notification of an incident.</summary>
/// <param name="Whom">The authority, the processor's client, the insurer.</param>
/// <param name="Phase">First, further or final.</param>
/// <param name="Reference">The recipient's reference.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-notification")]
public sealed record Notification(
    [property: Id(0)] string Whom, [property: Id(1)] DateTimeOffset At, [property: Id(2)] string? Phase = null,
    [property: Id(3)] string? Reference = null);
