using System.Collections.Frozen;
using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Exposure;

/// <summary>Puts together, from durable evidence alone, who was shown what.</summary>
public sealed class ExposureReports(IExposureLog log, IIncidentLog incidents, IGrainFactory grains)
{
    /// <returns>Null: there is no such incident.</returns>
    public async Task<IncidentExposureView?> OfIncident(string id, CancellationToken cancellation)
    {
        if (await ReadRetry.WithRetry(() => incidents.Find(id, cancellation)) is not { } incident)
            return null;
        var shown = await log.FindByIncident(id, cancellation);
        var exposures = await Classify(shown, incident.Recordings, cancellation);
        var byRecording = exposures.ToLookup(exposure => exposure.Recording, exposure => exposure.View);
        return new(
            [.. incident.Recordings.Select(recording => new RecordingExposureView(recording, [.. byRecording[recording]]))],
            incident.Recordings.Select(recording => recording.Patient).Distinct().Count(),
            new(Recipients(ExposureClass.Listed), Recipients(ExposureClass.Opened)));

        int Recipients(ExposureClass @class) => exposures.Select(exposure => exposure.View)
            .Where(view => view.Class == @class && view.Entitled is not Entitlement.Yes)
            .Select(view => view.Principal).Distinct().Count();
    }

    /// <param name="principal">The subject of their tokens.</param>
    /// <param name="entitled">Only these; null: all.</param>
    /// <param name="limit">At most so many recordings.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>There may be fewer, even none, while there are more.</returns>
    public async Task<(IReadOnlyList<RecordingExposureView> Items, RecordingId? Next)> OfPrincipal(
        string principal, Entitlement? entitled, int limit, RecordingId? after, CancellationToken cancellation)
    {
        bool? byName = entitled is null ? null : entitled is not Entitlement.No;
        var shown = await log.FindByPrincipal(principal, byName, limit, after, cancellation);
        var recordings = shown.Listings.Select(listing => listing.Recording).Concat(shown.Playbacks.Select(part => part.Recording)).Distinct().ToList();
        var exposures = await Classify(shown, recordings, cancellation);
        return (
            [
                .. exposures.Where(exposure => entitled is null || exposure.View.Entitled == entitled)
                    .GroupBy(exposure => exposure.Recording, exposure => exposure.View)
                    .OrderBy(one => one.Key.Name, StringComparer.Ordinal)
                    .Select(one => new RecordingExposureView(one.Key, [.. one])),
            ],
            shown.Last);
    }

    private async Task<List<(RecordingId Recording, ExposureView View)>> Classify(
        Exposures shown, IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var doubted = recordings.Count == 0 ? [] : await IsDisputed(recordings, cancellation);
        var listed = shown.Listings.Select(listing =>
            (listing.Recording, ExposureView.Of(listing, Classify(listing.Recipient, doubted.Contains(listing.Recording)))));
        var opened = shown.Playbacks.GroupBy(part => (part.Recording, part.Recipient, part.AccessMethod)).Select(parts =>
            (parts.Key.Recording, ExposureView.Of([.. parts], Classify(parts.Key.Recipient, doubted.Contains(parts.Key.Recording)))));
        return [.. listed, .. opened];
    }

    /// <summary>An officer looked for a reason, whoever it was who was recorded.</summary>
    private static Entitlement Classify(Recipient to, bool isDoubted) =>
        !to.IsEntitled ? Entitlement.No : isDoubted && to.By.Role is not Roles.PrivacyOfficer ? Entitlement.Unknown : Entitlement.Yes;

    /// <summary>A report raises a doubt until an officer found that nothing was wrong.</summary>
    private async Task<FrozenSet<RecordingId>> IsDisputed(IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var doubts = await log.FindDisputes(recordings, cancellation);
        var unfounded = new HashSet<string>();
        foreach (var id in doubts.Select(doubt => doubt.Incident).Distinct())
        {
            var incident = await ReadRetry.WithRetry(() => grains.Incident(id).Get(cancellation));
            if (incident is { Kind: IncidentKind.FalseAlarm } or { Resolution.Outcome: IncidentOutcome.Restored })
                unfounded.Add(id);
        }
        return doubts.Where(doubt => !unfounded.Contains(doubt.Incident)).Select(doubt => doubt.Recording).ToFrozenSet();
    }
}
