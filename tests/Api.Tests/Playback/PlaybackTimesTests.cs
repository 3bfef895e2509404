using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Replays.Api.Playback;
using Replays.Api.Replays;
using Replays.Api.Security;
using Replays.Data.Exposure;
using Replays.Grains;
using Replays.Grains.Patients;
using Xunit;

namespace Replays.Api.Tests.Playback;

/// <summary>When a playback URL is good, over two processes that share a database and a key ring.</summary>
public sealed class PlaybackTimesTests
{
    private static readonly Viewer Viewer = new(new Actor("pat", Roles.Patient), null);

    private readonly Clock _clock = new();
    private readonly IDataProtectionProvider _ring = new EphemeralDataProtectionProvider();

    [Fact]
    public async Task A_playback_url_must_be_begun_in_five_minutes_and_is_then_good_on_every_node_until_it_ends()
    {
        await using var database = new ExposureDatabase();
        var (here, there) = (Node(database), Node(database));
        var replay = ExposureDatabase.Replay("pat", 1, seconds: 3_000);
        var (used, unused) = (Made(replay), Made(replay));
        var (begun, never) = (Urls.Read(Token(used))!, Urls.Read(Token(unused))!);
        Assert.Equal(_clock.Now.AddMinutes(5), used.ExpiresAt);
        Assert.Equal(_clock.Now.AddSeconds(6_000), used.EndsAt);

        _clock.Now = used.ExpiresAt.AddSeconds(-1);
        Assert.True(await here.Admits(begun, Cancellation));
        var playback = await here.Open(replay, Viewer.ToRecipient(replay, replay.Replay.Name.Patient), begun, Cancellation);
        await using (var serving = playback.Serve(new(0, 1_000)))
            await serving.EnsureRecorded(1_000, Cancellation);

        _clock.Now = used.ExpiresAt;
        Assert.True(await here.Admits(begun, Cancellation));
        Assert.True(await there.Admits(begun, Cancellation));
        Assert.False(await here.Admits(never, Cancellation));
        Assert.False(await there.Admits(never, Cancellation));
        _clock.Now = used.EndsAt.AddSeconds(-1);
        Assert.NotNull(Urls.Read(Token(used)));
        _clock.Now = used.EndsAt;
        Assert.Null(Urls.Read(Token(used)));
    }

    [Theory]
    [InlineData(10, 1_800)]
    [InlineData(3_600, 7_200)]
    [InlineData(36_000, 14_400)]
    public void A_playback_url_is_good_for_twice_the_duration_within_half_an_hour_and_four(int seconds, int good) =>
        Assert.Equal(_clock.Now.AddSeconds(good), Made(ExposureDatabase.Replay("pat", 1, seconds)).EndsAt);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PlaybackUrls Urls => new(_ring, _clock);

    private PlaybackView Made(ListedReplay replay) => Urls.Create(replay.Replay.Name, Viewer, replay);

    private static string Token(PlaybackView made) => made.Url.Split("token=")[1];

    private PlaybackSessions Node(ExposureDatabase database) => new(new ExposureLog(database.Source, _clock), _clock, NullLogger<PlaybackSession>.Instance);
}
