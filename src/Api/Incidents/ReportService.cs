using System.Collections.Immutable;
using Replays.Api.Problems;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;

namespace Replays.Api.Incidents;

/// <summary>
/// The one way from a report to its incident. The quarantine is durable, and heeded by every process, before the answer; what follows from it
/// is done before the answer too, or, if this process dies, soon after.
/// </summary>
public sealed class ReportService(IGrainFactory grains, IStopList stops, IIncidentLog log, TimeProvider time)
{
    /// <summary>A reporter who has so many open incidents opens no more: what they report goes into their newest, and nobody's list is buried.</summary>
    private const int MaxOpen = 20;

    /// <returns>The incident's id; null: there is nothing there that could be reported by them.</returns>
    public async Task<string?> Report(
        ImmutableArray<RecordingId> recordings, IncidentSource source, string reason, string? comment, Actor by, CancellationToken cancellation)
    {
        if (recordings.IsEmpty)
            return null;
        var now = stops.Current();
        if (recordings.Any(recording => now.ListingVisibility(recording) is not Visibility.Gone)
            && await log.FindNewestIfMany(by.Subject, MaxOpen, cancellation) is { } newest
            && (await grains.Incident(newest).AddRecordings(recordings, comment is null ? reason : $"{reason}: {comment}", by, cancellation)).IsSuccess)
        {
            await stops.WaitForPropagation(cancellation);
            return newest;
        }

        var quarantined = await stops.Quarantine(new IncidentReport
        {
            Id = IncidentReport.NewId(),
            Source = source,
            ReportedAt = time.GetUtcNow(),
            By = by,
            Reason = reason,
            Comment = comment,
            Recordings = recordings,
        }, cancellation: cancellation);
        if (!quarantined.IsNew)
            return quarantined.Incident?.Id;
        await ProcessAndWaitForPropagation(quarantined.Incident!.Id, cancellation);
        return quarantined.Incident.Id;
    }

    /// <summary>Opens an incident by the officer's hand; it may hold nothing yet.</summary>
    public async Task<Result<Incident>> Open(string reason, ImmutableArray<RecordingId> recordings, IdempotencyKey? key, Actor by, CancellationToken cancellation)
    {
        var quarantined = await stops.Quarantine(new IncidentReport
        {
            Id = key is null ? IncidentReport.NewId() : key.Key[..32],
            Source = IncidentSource.Officer,
            ReportedAt = time.GetUtcNow(),
            By = by,
            Reason = reason,
            Recordings = recordings,
            IdempotencyKey = key,
        }, evenIfHeld: true, cancellation);
        if (quarantined.Incident!.IdempotencyKey?.Body != key?.Body)
            return Grains.ErrorCode.IdempotencyKeyReused;
        await ProcessAndWaitForPropagation(quarantined.Incident.Id, cancellation);
        return await grains.Incident(quarantined.Incident.Id).Get(cancellation) is { } incident ? incident : global::Replays.Grains.ErrorCode.NotFound;
    }

    /// <summary>What there is of replays in a list, under the names that they bear: another's, when they went astray.</summary>
    /// <returns>Null: one of them is not there.</returns>
    public async Task<ImmutableArray<RecordingId>?> Find(
        IEnumerable<RecordingId> asked, Func<ListedReplay, bool> mayReport, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<RecordingId>();
        foreach (var replay in asked.Distinct())
        {
            var listed = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).FindReplay(replay, cancellation));
            if (listed is null || !mayReport(listed))
                return null;
            found.Add(listed.Replay.Name);
        }
        return [.. found.Distinct()];
    }

    /// <summary>All that is in a patient's list.</summary>
    public async Task<ImmutableArray<RecordingId>> FindAll(PatientId patient, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<RecordingId>();
        LedgerCursor? after = null;
        do
        {
            var page = await grains.Patient(patient).ListReplays(new() { Limit = 100, After = after }, cancellation);
            found.AddRange(page.Items.Select(listed => listed.Replay.Name));
            after = page.Next;
        }
        while (after is not null);
        return found.DrainToImmutable();
    }

    private async Task ProcessAndWaitForPropagation(string incident, CancellationToken cancellation)
    {
        var everywhere = stops.WaitForPropagation(cancellation);
        await grains.Incident(incident).ProcessPending(cancellation);
        await everywhere;
    }
}
