namespace Replays.Grains.StopList;

/// <summary>A switch was turned.</summary>
/// <param name="Off">How much was turned off; null: it was turned on.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who turned it.</param>
/// <param name="At">When.</param>
public sealed record SuspensionChange(StopScope? Off, string Reason, Actor By, DateTimeOffset At);
