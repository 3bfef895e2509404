using System.Text.Json.Serialization;
using Replays.Api.Replays;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.Playback;

/// <summary>What a playback URL stands for: one replay, and one principal who was allowed to see it when it was made.</summary>
/// <param name="Id">The playback: 32 hexadecimal digits.</param>
/// <param name="Replay">As it was asked for: in whose list, and which.</param>
/// <param name="Subject">Whose URL it is.</param>
/// <param name="Role">In which role they asked.</param>
/// <param name="Reason">An officer's.</param>
/// <param name="ExpiresAt">To be begun before.</param>
/// <param name="EndsAt">Nothing is served from then on.</param>
public sealed record PlaybackUrl(
    string Id, RecordingId Replay, string Subject, string Role, string? Reason, DateTimeOffset ExpiresAt, DateTimeOffset EndsAt)
{
    [JsonIgnore]
    public Viewer Viewer => new(new Actor(Subject, Role), Reason);
}
