namespace Replays.Grains.Incidents;

/// <summary>The decision whether the data subjects are informed (GDPR Art. 34), and what was sent.</summary>
/// <param name="HighRisk">Whether a high risk to them is likely.</param>
/// <param name="Reason">The reason, or the exception of Art. 34(3) that applies.</param>
/// <param name="Communications">What was sent to them.</param>
[GenerateSerializer, Immutable, Alias("replays.incident-article34")]
public sealed record Article34(
    [property: Id(0)] bool HighRisk,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] ImmutableArray<Communication>? Communications = null);
