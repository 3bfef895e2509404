namespace Replays.Grains.StopList;

/// <summary>A suspension was set or lifted.</summary>
/// <param name="Off">What was suspended; null when the suspension was lifted.</param>
public sealed record SuspensionChange(StopScope? Off, string Reason, Actor By, DateTimeOffset At);
