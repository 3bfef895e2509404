namespace Replays.Grains.Safeguards;

/// <summary>A safeguard rejects a call.</summary>
/// <param name="DefectCause">The full name of what only a defect can have caused; null where any outsider can cause the denial.</param>
internal sealed record Denial(Safeguard By, string? DefectCause = null);
