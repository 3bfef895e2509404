using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Replays.Api.Playback;
using Replays.Api.Replays;
using Replays.Api.Security;
using Replays.Api.Tests.Exposure;
using Replays.Data.Exposure;
using Replays.Grains;
using Replays.Grains.Patients;
using Xunit;

namespace Replays.Api.Tests.Playback;

/// <summary>The lifetime of playback URLs on two nodes that share a database and a key ring.</summary>
public sealed class PlaybackUrlLifetimeTests
{
    private static readonly Viewer Viewer = new(new Actor("pat", Roles.Patient), null);

    private readonly ManualClock _clock = new();
    private readonly IDataProtectionProvider _keyRing = new EphemeralDataProtectionProvider();

    [Fact]
    public async Task A_playback_url_must_be_used_within_five_minutes_and_is_then_valid_on_every_node_until_it_ends()
    {
        await using var database = new ExposureDatabase();
        var (first, second) = (Node(database), Node(database));
        var replay = ExposureDatabase.Replay("pat", 1, seconds: 3_000);
        var (used, unused) = (CreateUrl(replay), CreateUrl(replay));
        var (usedToken, unusedToken) = (Urls.Read(Token(used))!, Urls.Read(Token(unused))!);
        Assert.Equal(_clock.Now.AddMinutes(5), used.ExpiresAt);
        Assert.Equal(_clock.Now.AddSeconds(6_000), used.EndsAt);

        _clock.Now = used.ExpiresAt.AddSeconds(-1);
        Assert.True(await first.Admits(usedToken, Cancellation));
        var playback = await first.Open(replay, Viewer.ToRecipient(replay, replay.Replay.Name.Patient), usedToken, Cancellation);
        await using (var serving = playback.Serve(new(0, 1_000)))
            await serving.EnsureRecorded(1_000, Cancellation);

        _clock.Now = used.ExpiresAt;
        Assert.True(await first.Admits(usedToken, Cancellation));
        Assert.True(await second.Admits(usedToken, Cancellation));
        Assert.False(await first.Admits(unusedToken, Cancellation));
        Assert.False(await second.Admits(unusedToken, Cancellation));
        _clock.Now = used.EndsAt.AddSeconds(-1);
        Assert.NotNull(Urls.Read(Token(used)));
        _clock.Now = used.EndsAt;
        Assert.Null(Urls.Read(Token(used)));
    }

    [Theory]
    [InlineData(10, 1_800)]
    [InlineData(3_600, 7_200)]
    [InlineData(36_000, 14_400)]
    public void A_playback_url_is_valid_for_twice_the_duration_but_at_least_30_minutes_and_at_most_four_hours(int seconds, int lifetime) =>
        Assert.Equal(_clock.Now.AddSeconds(lifetime), CreateUrl(ExposureDatabase.Replay("pat", 1, seconds)).EndsAt);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PlaybackUrls Urls => new(_keyRing, _clock);

    private PlaybackView CreateUrl(ListedReplay replay) => Urls.Create(replay.Replay.Name, Viewer, replay);

    private static string Token(PlaybackView playback) => playback.Url.Split("token=")[1];

    private PlaybackSessions Node(ExposureDatabase database) =>
        new(new ExposureLog(database.Source, _clock), _clock, NullLogger<PlaybackSession>.Instance);
}
