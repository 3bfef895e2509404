using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Replays.Api.Replays;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Playback;

/// <summary>
/// Makes and reads playback URLs. All that a URL stands for is sealed in it with the key ring that all processes share, so that any of them
/// serves it, and nobody can read a name out of it.
/// </summary>
public sealed class PlaybackUrls(IDataProtectionProvider protection, TimeProvider time)
{
    public const string Path = "/v1/playback";

    private const int MaxTokenLength = 8_192;

    /// <summary>How soon it must be begun.</summary>
    public static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan MinDuration = TimeSpan.FromMinutes(30), MaxDuration = TimeSpan.FromHours(4);

    private readonly IDataProtector _protector = protection.CreateProtector("Replays.Playback.v1");

    /// <param name="replay">As it was asked for.</param>
    /// <param name="viewer">Who may see it.</param>
    /// <param name="listed">What was found: its duration says how long the URL is good.</param>
    public PlaybackView Create(RecordingId replay, Viewer viewer, ListedReplay listed)
    {
        var now = time.GetUtcNow();
        var good = TimeSpan.FromSeconds(Math.Clamp(2 * listed.Replay.DurationSeconds, MinDuration.TotalSeconds, MaxDuration.TotalSeconds));
        var url = new PlaybackUrl(
            Guid.NewGuid().ToString("n"), replay, viewer.By.Subject, viewer.By.Role, viewer.AccessReason, now + StartWithin, now + good);
        var token = Base64Url.EncodeToString(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(url)));
        return new($"{Path}?token={token}", url.ExpiresAt, url.EndsAt);
    }

    /// <returns>Null: it was not made here, or has ended.</returns>
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

/// <summary>A playback URL, for a <c>&lt;video&gt;</c> element.</summary>
/// <param name="Url">An absolute path; who has it can play this one replay, so it belongs in no log.</param>
/// <param name="ExpiresAt">To be begun before; never begun, it is 404 from then on.</param>
/// <param name="EndsAt">404 from then on.</param>
public sealed record PlaybackView(string Url, DateTimeOffset ExpiresAt, DateTimeOffset EndsAt);
