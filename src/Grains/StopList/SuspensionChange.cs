namespace Replays.Grains.StopList;

/// <summary>A suspension was set or lifted.</summary>
/// <param name="Off">What was suspended; null when the suspension was lifted.</param>
/// <param name="Reason">The reason given.</param>
/// <param name="By">The officer.</param>
/// <param name="At">The time.</param>
public sealed record SuspensionChange(StopScope? Off, string Reason, Actor By, DateTimeOffset At);
