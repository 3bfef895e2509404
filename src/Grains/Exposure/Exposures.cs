namespace Replays.Grains.Exposure;

/// <summary>A page of exposures.</summary>
/// <param name="Listings">What was shown in lists.</param>
/// <param name="Playbacks">What was played, in parts.</param>
/// <param name="Last">The last recording of the page; null when there are no more.</param>
public sealed record Exposures(ImmutableArray<Listing> Listings, ImmutableArray<PlaybackPart> Playbacks, RecordingId? Last = null);
