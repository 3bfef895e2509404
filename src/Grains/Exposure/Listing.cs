using Replays.Grains.Identity;

namespace Replays.Grains.Exposure;

/// <summary>A replay was shown in a list, or as an item, for the first time to this principal.</summary>
/// <param name="Recording">What was shown.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Disclosed">What a list alone says of it, by then: <c>title</c>, <c>clinician</c>, …, separated by spaces.</param>
/// <param name="FirstAt">When.</param>
public sealed record Listing(RecordingId Recording, Recipient Recipient, string Disclosed, DateTimeOffset FirstAt);
