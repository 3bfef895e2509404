using Replays.Api.Names;
using Replays.Api.Problems;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>
/// The one place where replays leave: every list, every item and every opening, the patient's own and the staff's, goes through here.
/// </summary>
public sealed class ReplayDesk(IGrainFactory grains)
{
    public async Task<Page<ReplayView>> List(PatientId patient, ReplayQuery query, Viewer viewer, CancellationToken cancellation)
    {
        var page = await Unavailability.Read(
            () => grains.Patient(patient).ListReplays(query with { ClinicianId = viewer.ClinicianId }, cancellation));
        var shown = page.Items.Where(viewer.MaySee).ToList();
        return new([.. shown.Select(ReplayView.Of)], Cursor.Of(page.Next));
    }

    /// <returns>Null: there is none, or none for this viewer; the two look the same.</returns>
    public async Task<ReplayView?> Find(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var listed = await Unavailability.Read(() => grains.Patient(replay.Patient).FindReplay(replay, cancellation));
        return listed is not null && viewer.MaySee(listed) ? ReplayView.Of(listed) : null;
    }

    /// <returns>What it takes to read the media; null as above.</returns>
    public async Task<ReplayMedia?> Open(RecordingId replay, Viewer viewer, CancellationToken cancellation)
    {
        var media = await Unavailability.Read(() => grains.Patient(replay.Patient).OpenReplay(replay, cancellation));
        return media is not null && viewer.MaySee(media.Listed) ? media : null;
    }
}
