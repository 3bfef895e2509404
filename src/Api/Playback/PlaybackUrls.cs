using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Replays.Api.Replays;
using Replays.Grains.Patients;

namespace Replays.Api.Playback;

/// <summary>
/// Creates and reads playback URLs. Their content is encrypted with the key ring that all processes share, so that any process can serve
/// them and nobody else can read the names in them.
/// </summary>
public sealed class PlaybackUrls(IDataProtectionProvider protection, TimeProvider time)
{
    public const string Path = "/v1/playback";

    private const int MaxTokenLength = 8_192;

    private static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(30), MaxLifetime = TimeSpan.FromHours(4);

    private readonly IDataProtector _protector = protection.CreateProtector("Replays.Playback.v1");

    /// <summary>The URL lasts for twice the duration of the replay, at least 30 minutes and at most 4 hours.</summary>
    public PlaybackView Create(RecordingId replay, Viewer viewer, ListedReplay listed)
    {
        var now = time.GetUtcNow();
        var seconds = Math.Clamp(2 * listed.Replay.DurationSeconds, MinLifetime.TotalSeconds, MaxLifetime.TotalSeconds);
        var url = new PlaybackUrl(
            Guid.NewGuid().ToString("n"), replay, viewer.By.Subject, viewer.By.Role, viewer.AccessReason,
            now + StartWithin, now + TimeSpan.FromSeconds(seconds));
        var token = Base64Url.EncodeToString(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(url)));
        return new($"{Path}?token={token}", url.ExpiresAt, url.EndsAt);
    }

    /// <returns>Null if the token was not issued by this service, or has ended.</returns>
    public PlaybackUrl? Read(string? token)
    {
        if (token is not { Length: > 0 and <= MaxTokenLength } || !Base64Url.IsValid(token))
            return null;
        try
        {
            var url = JsonSerializer.Deserialize<PlaybackUrl>(_protector.Unprotect(Base64Url.DecodeFromChars(token)));
            return url is not null && time.GetUtcNow() < url.EndsAt ? url : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <param name="Url">An absolute path. Anyone who has it can play the replay; do not log it.</param>
/// <param name="ExpiresAt">Playback must start before this time; otherwise the URL is 404 afterwards.</param>
/// <param name="EndsAt">The URL is 404 from this time on.</param>
public sealed record PlaybackView(string Url, DateTimeOffset ExpiresAt, DateTimeOffset EndsAt);
