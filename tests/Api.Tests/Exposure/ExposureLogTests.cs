using Microsoft.Extensions.Logging.Abstractions;
using Replays.Api.Exposure;
using Replays.Api.Playback;
using Replays.Api.Tests.Playback;
using Replays.Data.Exposure;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Storage;
using Xunit;

namespace Replays.Api.Tests.Exposure;

public sealed class ExposureLogTests
{
    private const long MiB = 1 << 20;

    private static readonly PatientId Owner = PatientId.Parse("pat");
    private static readonly Recipient Patient = new(new Actor("pat", "patient"), Owner, true);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Listing_the_same_page_again_needs_no_database_access_and_another_process_writes_nothing()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var first = _clock.Now;
        var page = Enumerable.Range(1, 100).Select(ordinal => ExposureDatabase.Replay("pat", ordinal).Replay.Name).ToList();

        var empty = database.DataVersion();
        await log.RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(1, database.Source.Opened);
        var written = database.DataVersion();
        Assert.NotEqual(empty, written);
        _clock.Now += TimeSpan.FromHours(1);
        for (var repeat = 0; repeat < 10; repeat++)
            await log.RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(1, database.Source.Opened);

        await new ExposureLog(database.Source, _clock).RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(written, database.DataVersion());
        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        Assert.Equal(100, shown.Listings.Length);
        Assert.All(shown.Listings, listing => Assert.Equal((first, Patient), (listing.FirstAt, listing.Recipient)));
    }

    [Fact]
    public async Task Listing_and_serving_fail_when_the_evidence_cannot_be_recorded()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var replay = ExposureDatabase.Replay("pat", 1);
        var playback = await CreateSessions(log).Open(replay, Patient, null, Cancellation);
        database.Source.IsBroken = true;

        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => log.RecordListing([replay.Replay.Name], Patient, "title", Cancellation).AsTask());
        await using (var serving = playback.Serve(new(0, 1_000)))
            await Assert.ThrowsAsync<StorageUnavailableException>(() => serving.Begin(Cancellation));

        database.Source.IsBroken = false;
        var opened = database.Source.Opened;
        await log.RecordListing([replay.Replay.Name], Patient, "title", Cancellation);
        Assert.Equal(opened + 1, database.Source.Opened);
        Assert.Empty((await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks);
    }

    [Fact]
    public async Task The_upper_bound_is_recorded_in_few_writes_before_sending_and_the_exact_range_at_the_end()
    {
        await using var database = new ExposureDatabase();
        var (log, reader) = (
            new ExposureLog(database.Source, _clock), new ExposureLog(new ExposureDatabase.CountingDataSource(database.Source), _clock));
        var playback = await CreateSessions(log).Open(ExposureDatabase.Replay("pat", 1, size: 200 * MiB), Patient, null, Cancellation);
        var before = database.Source.Opened;

        await using (var serving = playback.Serve(new(10 * MiB, 200 * MiB)))
        {
            await serving.Begin(Cancellation);
            for (var sent = 10 * MiB; sent < 150 * MiB; sent += MiB)
            {
                await serving.EnsureRecorded((int)MiB, Cancellation);
                if (sent % (16 * MiB) < MiB)
                    Assert.True((await ReadPlayback(reader)).UpperBound.Contains(new(10 * MiB, sent + MiB)));
            }
        }

        Assert.InRange(database.Source.Opened - before - 9, 5, 8);
        var part = await ReadPlayback(reader);
        Assert.Equal("10485760-157286400", part.Served.ToString());
        Assert.Equal(ByteRangeSet.None, part.UpperBound);
    }

    [Fact]
    public async Task A_playback_is_one_entry_with_merged_ranges_and_serving_recorded_bytes_again_writes_nothing()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var sessions = CreateSessions(log);
        var replay = ExposureDatabase.Replay("pat", 1, seconds: 100, size: 1_000_000);
        foreach (var (from, to) in new[] { (0, 1_000), (5_000, 6_000), (500, 1_500), (200, 900), (0, 1_500) })
            await Serve(sessions, replay, from, to);
        var opened = database.Source.Opened;
        await Serve(sessions, replay, 100, 1_400);
        Assert.Equal(opened, database.Source.Opened);

        // Another process continues the same playback; after a pause of half an hour it is a new one.
        _clock.Now += TimeSpan.FromMinutes(29);
        await Serve(CreateSessions(log), replay, 900_000, 1_000_000);
        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        var view = ExposureView.Of(shown.Playbacks, Entitlement.Yes);
        Assert.Equal(["0-1499", "5000-5999", "900000-999999"], view.Ranges);
        Assert.Equal((102_500, 10.25, 1, false), (view.BytesServed, view.SecondsServed, view.Times, view.AtMost));
        Assert.Equal((_clock.Now.AddMinutes(-29), _clock.Now), (view.FirstAt, view.LastAt));

        _clock.Now += TimeSpan.FromMinutes(31);
        await Serve(sessions, replay, 0, 1_000);
        Assert.Equal(
            2, ExposureView.Of((await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks, Entitlement.Yes).Times);
    }

    [Fact]
    public async Task Concurrent_requests_of_one_playback_are_all_recorded()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var sessions = CreateSessions(log);
        var replay = ExposureDatabase.Replay("pat", 1, size: 1_000_000);
        await Parallel.ForAsync(0, 50, Cancellation, async (i, _) => await Serve(sessions, replay, i * 2_000, i * 2_000 + 1_000));

        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        Assert.Equal(
            (50_000, 50), (shown.Playbacks.Sum(part => part.Served.Length), shown.Playbacks.Sum(part => part.Served.Ranges.Length)));
        Assert.All(shown.Playbacks, part => Assert.Equal(ByteRangeSet.None, part.UpperBound));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PlaybackSessions CreateSessions(ExposureLog log) => new(log, _clock, NullLogger<PlaybackSession>.Instance);

    private static async Task Serve(PlaybackSessions sessions, Grains.Patients.ListedReplay replay, int from, int to)
    {
        await using var serving = (await sessions.Open(replay, Patient, null, Cancellation)).Serve(new(from, to));
        await serving.Begin(Cancellation);
        await serving.EnsureRecorded(to - from, Cancellation);
    }

    private static async Task<PlaybackPart> ReadPlayback(ExposureLog log) =>
        (await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks.Single();
}
