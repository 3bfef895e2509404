using Replays.Grains.Exposure;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;

namespace Replays.Api.Replays;

/// <summary>
/// The only way for replays to leave the service: every list, item and opening, for patients and staff, goes through here. The stop list
/// is checked after the grain has answered, so that an answer from before a stop is not returned after it. What is shown to whom is
/// durably recorded before the response; without that record there is no response.
/// </summary>
public sealed class ReplayReader(IGrainFactory grains, IStopList stops, IExposureLog exposures, EnabledSafeguards safeguards)
{
    public async Task<Page<ReplayView>> List(PatientId patient, ReplayQuery query, Viewer viewer, CancellationToken cancellation)
    {
        var page = await ReadRetry.WithRetry(
            () => grains.Patient(patient).ListReplays(query with { ClinicianId = viewer.ClinicianId }, cancellation));
        var visible = WithoutStopped(page.Items.Where(listed => MaySee(viewer, listed)));
        foreach (var group in visible.GroupBy(listed => viewer.ToRecipient(listed, patient), listed => listed.Replay.Name))
            await exposures.RecordListing([.. group], group.Key, ReplayView.Disclosed, cancellation);
        // Checked again, because a stop may have been set while the listing was recorded.
        return new([.. WithoutStopped(visible).Select(ReplayView.Of)], Cursor.Encode(page.Next));

        List<ListedReplay> WithoutStopped(IEnumerable<ListedReplay> listed)
        {
            var now = stops.Current();
            return now.PatientVisibility(patient) is Visibility.Suspended
                ? throw new ProblemException(ProblemKind.PlaybackSuspended)
                : [.. listed.Where(item => now.ListingVisibility(item.Replay.Name) is Visibility.Visible)];
        }
    }

    /// <returns>Null if the replay does not exist or the viewer may not see it; the two are indistinguishable.</returns>
    public async Task<ReplayView?> Find(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var listed = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).FindReplay(replay, cancellation));
        if (listed is null || !MaySee(viewer, listed) || !IsListingVisible(replay, listed))
            return null;
        var recipient = viewer.ToRecipient(listed, replay.Patient);
        await exposures.RecordListing([listed.Replay.Name], recipient, ReplayView.Disclosed, cancellation);
        return IsListingVisible(replay, listed) ? ReplayView.Of(listed) : null;
    }

    /// <returns>What is needed to read the media; null as for <see cref="Find"/>.</returns>
    public async Task<ReplayMedia?> Open(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var media = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).OpenReplay(replay, cancellation));
        return media is not null && MaySee(viewer, media.Listed)
            && IsVisible(stops.Current().MediaVisibility(replay))
            && IsVisible(stops.Current().MediaVisibility(media.Listed.Replay.Name))
            ? media
            : null;
    }

    private bool IsListingVisible(RecordingId replay, ListedReplay listed) =>
        IsVisible(stops.Current().ListingVisibility(replay)) && IsVisible(stops.Current().ListingVisibility(listed.Replay.Name));

    private bool MaySee(Viewer viewer, ListedReplay listed) => !safeguards.IsEnabled(Safeguard.Reader) || viewer.MaySee(listed);

    /// <exception cref="ProblemException">Suspended. Only replays that still exist are reported as suspended.</exception>
    private static bool IsVisible(Visibility visibility) => visibility switch
    {
        Visibility.Visible => true,
        Visibility.Suspended => throw new ProblemException(ProblemKind.PlaybackSuspended),
        _ => false,
    };
}
