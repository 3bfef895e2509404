using System.Collections.Frozen;
using Replays.Grains.Exposure;
using Replays.Grains.Incidents;

namespace Replays.Api.Exposure;

/// <summary>Compiles exposure reports from durable evidence alone.</summary>
public sealed class ExposureReports(IExposureLog log, IIncidentLog incidents, IGrainFactory grains)
{
    /// <returns>Null if the incident does not exist.</returns>
    public async Task<IncidentExposureView?> OfIncident(string id, CancellationToken cancellation)
    {
        if (await ReadRetry.WithRetry(() => incidents.Find(id, cancellation)) is not { } incident)
            return null;
        var exposures = await ToViews(await log.FindByIncident(id, cancellation), incident.Recordings, cancellation);
        var byRecording = exposures.ToLookup(exposure => exposure.Recording, exposure => exposure.View);
        return new(
            [.. incident.Recordings.Select(recording => new RecordingExposureView(recording, [.. byRecording[recording]]))],
            incident.Recordings.Select(recording => recording.Patient).Distinct().Count(),
            new(CountRecipients(ExposureClass.Listed), CountRecipients(ExposureClass.Opened)));

        int CountRecipients(ExposureClass @class) => exposures.Select(exposure => exposure.View)
            .Where(view => view.Class == @class && view.Entitled is not Entitlement.Yes)
            .Select(view => view.Principal).Distinct().Count();
    }

    /// <param name="entitled">Null for all.</param>
    /// <returns>Can have fewer items than <paramref name="limit"/>, even none, while there are more.</returns>
    public async Task<(IReadOnlyList<RecordingExposureView> Items, RecordingId? Next)> OfPrincipal(
        string principal, Entitlement? entitled, int limit, RecordingId? after, CancellationToken cancellation)
    {
        // The log knows entitlement by name only; disputes, which make it unknown, are applied afterwards.
        bool? entitledByName = entitled is null ? null : entitled is not Entitlement.No;
        var found = await log.FindByPrincipal(principal, entitledByName, limit, after, cancellation);
        var recordings = found.Listings.Select(listing => listing.Recording)
            .Concat(found.Playbacks.Select(part => part.Recording)).Distinct().ToList();
        var exposures = await ToViews(found, recordings, cancellation);
        return (
            [
                .. exposures.Where(exposure => entitled is null || exposure.View.Entitled == entitled)
                    .GroupBy(exposure => exposure.Recording, exposure => exposure.View)
                    .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
                    .Select(group => new RecordingExposureView(group.Key, [.. group])),
            ],
            found.Last);
    }

    private async Task<List<(RecordingId Recording, ExposureView View)>> ToViews(
        Exposures found, IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var disputed = recordings.Count == 0 ? [] : await FindDisputed(recordings, cancellation);
        var listed = found.Listings.Select(listing =>
            (listing.Recording, ExposureView.Of(listing, Classify(listing.Recipient, disputed.Contains(listing.Recording)))));
        var opened = found.Playbacks.GroupBy(part => (part.Recording, part.Recipient, part.AccessMethod)).Select(parts =>
            (parts.Key.Recording, ExposureView.Of([.. parts], Classify(parts.Key.Recipient, disputed.Contains(parts.Key.Recording)))));
        return [.. listed, .. opened];
    }

    /// <summary>A privacy officer with a reason is entitled whoever was recorded.</summary>
    private static Entitlement Classify(Recipient recipient, bool isDisputed) =>
        !recipient.IsEntitled ? Entitlement.No
        : isDisputed && recipient.By.Role is not Roles.PrivacyOfficer ? Entitlement.Unknown
        : Entitlement.Yes;

    /// <summary>A reported recording is disputed until an officer finds that nothing is wrong with it.</summary>
    private async Task<FrozenSet<RecordingId>> FindDisputed(IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var disputes = await log.FindDisputes(recordings, cancellation);
        var unfounded = new HashSet<string>();
        foreach (var id in disputes.Select(dispute => dispute.Incident).Distinct())
        {
            var incident = await ReadRetry.WithRetry(() => grains.Incident(id).Get(cancellation));
            if (incident is { Kind: IncidentKind.FalseAlarm } or { Resolution.Outcome: IncidentOutcome.Restored })
                unfounded.Add(id);
        }
        return disputes.Where(dispute => !unfounded.Contains(dispute.Incident)).Select(dispute => dispute.Recording).ToFrozenSet();
    }
}
