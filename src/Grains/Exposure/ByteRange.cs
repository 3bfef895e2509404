namespace Replays.Grains.Exposure;

/// <summary>A range of byte offsets; <paramref name="To"/> is exclusive.</summary>
public readonly record struct ByteRange(long From, long To);
