namespace Replays.Grains;

/// <summary>
/// An idempotency key as grains keep it: both parts are SHA-256 digests, <paramref name="Key"/> over caller, path and the key as sent,
/// <paramref name="Body"/> over the request body.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.idempotency-key")]
public sealed record IdempotencyKey([property: Id(0)] string Key, [property: Id(1)] string Body)
{
    /// <summary>How long a key is honoured.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}
