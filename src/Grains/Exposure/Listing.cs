namespace Replays.Grains.Exposure;

/// <summary>The first time a replay was shown to a principal in a list or as an item.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Recipient">The principal.</param>
/// <param name="Disclosed">The fields that a list disclosed at that time, separated by spaces: <c>title</c>, <c>clinician</c>, …</param>
/// <param name="FirstAt">The time.</param>
public sealed record Listing(RecordingId Recording, Recipient Recipient, string Disclosed, DateTimeOffset FirstAt);
