using System.Text.Json.Serialization;
using Replays.Api.Replays;

namespace Replays.Api.Playback;

/// <summary>The content of a playback URL: one replay for one principal, who was allowed to see it when the URL was created.</summary>
/// <param name="Replay">The replay as requested, including whose list it was in.</param>
/// <param name="ExpiresAt">Playback must start before this time.</param>
/// <param name="EndsAt">Nothing is served from this time on.</param>
public sealed record PlaybackUrl(
    string Id, RecordingId Replay, string Subject, string Role, string? Reason, DateTimeOffset ExpiresAt, DateTimeOffset EndsAt)
{
    [JsonIgnore]
    public Viewer Viewer => new(new Actor(Subject, Role), Reason);
}
