namespace Replays.Grains;

/// <summary>SHA-256 digests: <paramref name="Key"/> of caller, path and key as sent, <paramref name="Body"/> of the request body.</summary>
[GenerateSerializer, Immutable, Alias("replays.idempotency-key")]
public sealed record IdempotencyKey([property: Id(0)] string Key, [property: Id(1)] string Body)
{
    /// <summary>How long a repeated request gets the first answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}
