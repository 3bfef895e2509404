using Microsoft.Extensions.Logging.Abstractions;
using Replays.Api.Exposure;
using Replays.Api.Playback;
using Replays.Data.Exposure;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Storage;
using Xunit;

namespace Replays.Api.Tests.Playback;

/// <summary>What is durable, when, and what it costs.</summary>
public sealed class EvidenceTests
{
    private const long MiB = 1 << 20;

    private static readonly PatientId Owner = PatientId.Parse("pat");
    private static readonly Recipient Patient = new(new Actor("pat", "patient"), Owner, true);

    private readonly Clock _clock = new();

    [Fact]
    public async Task Listing_the_same_page_again_does_not_ask_the_database_and_changes_nothing_in_another_process()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var first = _clock.Now;
        var page = Enumerable.Range(1, 100).Select(ordinal => ExposureDatabase.Replay("pat", ordinal).Replay.Name).ToList();

        var none = database.Commits();
        await log.RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(1, database.Source.Opened);
        var written = database.Commits();
        Assert.NotEqual(none, written);
        _clock.Now += TimeSpan.FromHours(1);
        for (var again = 0; again < 10; again++)
            await log.RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(1, database.Source.Opened);

        await new ExposureLog(database.Source, _clock).RecordListing(page, Patient, "title", Cancellation);
        Assert.Equal(written, database.Commits());
        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        Assert.Equal(100, shown.Listings.Length);
        Assert.All(shown.Listings, listing => Assert.Equal((first, Patient), (listing.FirstAt, listing.Recipient)));
    }

    [Fact]
    public async Task Without_evidence_nothing_is_listed_and_no_byte_is_covered()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var replay = ExposureDatabase.Replay("pat", 1);
        var playback = await Node(log).Open(replay, Patient, null, Cancellation);
        database.Source.IsBroken = true;

        await Assert.ThrowsAsync<StorageUnavailableException>(() => log.RecordListing([replay.Replay.Name], Patient, "title", Cancellation).AsTask());
        await using (var serving = playback.Serve(new(0, 1_000)))
            await Assert.ThrowsAsync<StorageUnavailableException>(() => serving.Begin(Cancellation));

        database.Source.IsBroken = false;
        var opened = database.Source.Opened;
        await log.RecordListing([replay.Replay.Name], Patient, "title", Cancellation);
        Assert.Equal(opened + 1, database.Source.Opened);
        Assert.Empty((await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks);
    }

    [Fact]
    public async Task What_may_be_sent_is_durable_before_it_is_in_a_few_steps_and_what_was_sent_at_the_end()
    {
        await using var database = new ExposureDatabase();
        var (log, reader) = (new ExposureLog(database.Source, _clock), new ExposureLog(new ExposureDatabase.Counted(database.Source), _clock));
        var playback = await Node(log).Open(ExposureDatabase.Replay("pat", 1, size: 200 * MiB), Patient, null, Cancellation);
        var before = database.Source.Opened;

        await using (var serving = playback.Serve(new(10 * MiB, 200 * MiB)))
        {
            await serving.Begin(Cancellation);
            for (var sent = 10 * MiB; sent < 150 * MiB; sent += MiB)
            {
                await serving.EnsureRecorded((int)MiB, Cancellation);
                if (sent % (16 * MiB) < MiB)
                    Assert.True((await Durable(reader)).UpperBound.Contains(new(10 * MiB, sent + MiB)));
            }
        }

        Assert.InRange(database.Source.Opened - before - 9, 5, 8);
        var part = await Durable(reader);
        Assert.Equal("10485760-157286400", part.Served.ToString());
        Assert.Equal(ByteRangeSet.None, part.UpperBound);
    }

    [Fact]
    public async Task A_playback_is_one_entry_with_merged_ranges_and_what_was_served_before_is_served_again_without_a_write()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var node = Node(log);
        var replay = ExposureDatabase.Replay("pat", 1, seconds: 100, size: 1_000_000);
        foreach (var (from, to) in new[] { (0, 1_000), (5_000, 6_000), (500, 1_500), (200, 900), (0, 1_500) })
            await Serve(node, replay, from, to);
        var opened = database.Source.Opened;
        await Serve(node, replay, 100, 1_400);
        Assert.Equal(opened, database.Source.Opened);

        // Another process goes on with it; after half an hour's pause it is another playback.
        _clock.Now += TimeSpan.FromMinutes(29);
        await Serve(Node(log), replay, 900_000, 1_000_000);
        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        var view = ExposureView.Of(shown.Playbacks, Entitlement.Yes);
        Assert.Equal(["0-1499", "5000-5999", "900000-999999"], view.Ranges);
        Assert.Equal((102_500, 10.25, 1, false), (view.BytesServed, view.SecondsServed, view.Times, view.AtMost));
        Assert.Equal((_clock.Now.AddMinutes(-29), _clock.Now), (view.FirstAt, view.LastAt));

        _clock.Now += TimeSpan.FromMinutes(31);
        await Serve(node, replay, 0, 1_000);
        Assert.Equal(2, ExposureView.Of((await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks, Entitlement.Yes).Times);
    }

    [Fact]
    public async Task Requests_at_once_of_one_playback_are_all_in_its_record()
    {
        await using var database = new ExposureDatabase();
        var log = new ExposureLog(database.Source, _clock);
        var node = Node(log);
        var replay = ExposureDatabase.Replay("pat", 1, size: 1_000_000);
        await Parallel.ForAsync(0, 50, Cancellation, async (i, _) => await Serve(node, replay, i * 2_000, i * 2_000 + 1_000));

        var shown = await log.FindByPrincipal("pat", null, 100, null, Cancellation);
        Assert.Equal((50_000, 50), (shown.Playbacks.Sum(part => part.Served.Length), shown.Playbacks.Sum(part => part.Served.Ranges.Length)));
        Assert.All(shown.Playbacks, part => Assert.Equal(ByteRangeSet.None, part.UpperBound));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PlaybackSessions Node(ExposureLog log) => new(log, _clock, NullLogger<PlaybackSession>.Instance);

    private static async Task Serve(PlaybackSessions node, Grains.Patients.ListedReplay replay, int from, int to)
    {
        await using var serving = (await node.Open(replay, Patient, null, Cancellation)).Serve(new(from, to));
        await serving.Begin(Cancellation);
        await serving.EnsureRecorded(to - from, Cancellation);
    }

    private static async Task<PlaybackPart> Durable(ExposureLog log) =>
        (await log.FindByPrincipal("pat", null, 100, null, Cancellation)).Playbacks.Single();
}
