using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Api.Replays;

/// <summary>
/// The one place where replays leave: every list, every item and every opening, the patient's own and the staff's, goes through here.
/// What is stopped is asked after the grain has answered: an answer that came before the stop is not given after it. Who is shown what is
/// durable before the answer; without that there is none.
/// </summary>
public sealed class ReplayReader(IGrainFactory grains, IStopList stops, IExposureLog exposures, EnabledSafeguards locks)
{
    public async Task<Page<ReplayView>> List(PatientId patient, ReplayQuery query, Viewer viewer, CancellationToken cancellation)
    {
        var page = await ReadRetry.WithRetry(
            () => grains.Patient(patient).ListReplays(query with { ClinicianId = viewer.ClinicianId }, cancellation));
        var shown = Shown(page.Items.Where(listed => MaySee(viewer, listed)));
        foreach (var same in shown.GroupBy(listed => viewer.ToRecipient(listed, patient), listed => listed.Replay.Name))
            await exposures.RecordListing([.. same], same.Key, ReplayView.Discloses, cancellation);
        // Again: the evidence took its time, and the stop of a moment ago holds for this answer too.
        return new([.. Shown(shown).Select(ReplayView.Of)], Cursor.Of(page.Next));

        List<ListedReplay> Shown(IEnumerable<ListedReplay> listed)
        {
            var now = stops.Current();
            return now.PatientVisibility(patient) is Visibility.Suspended
                ? throw new ProblemException(ProblemKind.PlaybackSuspended)
                : [.. listed.Where(one => now.ListingVisibility(one.Replay.Name) is Visibility.Visible)];
        }
    }

    /// <returns>Null: there is none, or none for this viewer; the two look the same.</returns>
    public async Task<ReplayView?> Find(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var listed = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).FindReplay(replay, cancellation));
        if (listed is null || !MaySee(viewer, listed) || !IsListed(replay, listed))
            return null;
        await exposures.RecordListing([listed.Replay.Name], viewer.ToRecipient(listed, replay.Patient), ReplayView.Discloses, cancellation);
        return IsListed(replay, listed) ? ReplayView.Of(listed) : null;
    }

    /// <returns>What it takes to read the media; null as above.</returns>
    public async Task<ReplayMedia?> Open(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var media = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).OpenReplay(replay, cancellation));
        return media is not null && MaySee(viewer, media.Listed)
            && IsShown(stops.Current().MediaVisibility(replay)) && IsShown(stops.Current().MediaVisibility(media.Listed.Replay.Name))
            ? media
            : null;
    }

    private bool IsListed(RecordingId replay, ListedReplay listed) =>
        IsShown(stops.Current().ListingVisibility(replay)) && IsShown(stops.Current().ListingVisibility(listed.Replay.Name));

    private bool MaySee(Viewer viewer, ListedReplay listed) => !locks.IsEnabled(Safeguard.Reader) || viewer.MaySee(listed);

    /// <summary>What is gone is as if it had never been; only of what is still there is it said that it is suspended.</summary>
    private static bool IsShown(Visibility standing) => standing switch
    {
        Visibility.Visible => true,
        Visibility.Suspended => throw new ProblemException(ProblemKind.PlaybackSuspended),
        _ => false,
    };
}
