namespace Replays.Data.Exposure;

/// <summary>A table of exposure evidence.</summary>
internal sealed record AccessTable(string Name, string Key, string Time)
{
    public static readonly AccessTable Listings = new("replays_listing", "recording", "first_at");
    public static readonly AccessTable Playbacks = new("replays_playback", "playback", "started_at");
}
