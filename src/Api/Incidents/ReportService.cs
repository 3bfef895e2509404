using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.StopList;

namespace Replays.Api.Incidents;

/// <summary>
/// Turns reports into incidents. Before it returns, the quarantine is durable and in effect in every process, and the incident is
/// processed; if this process dies in between, another one resumes the processing.
/// </summary>
public sealed class ReportService(IGrainFactory grains, IStopList stops, IIncidentLog log, TimeProvider time)
{
    /// <summary>Further reports by the same person are added to their newest incident, so that they cannot bury other reports.</summary>
    private const int MaxOpenPerReporter = 20;

    /// <returns>The incident's id, or null if there is nothing that this reporter could report.</returns>
    public async Task<string?> Report(
        ImmutableArray<RecordingId> recordings, IncidentSource source, string reason, string? comment, Actor by,
        CancellationToken cancellation)
    {
        if (recordings.IsEmpty)
            return null;
        var now = stops.Current();
        if (recordings.Any(recording => now.ListingVisibility(recording) is not Visibility.Gone)
            && await log.FindNewestIfMany(by.Subject, MaxOpenPerReporter, cancellation) is { } newest)
        {
            var detail = comment is null ? reason : $"{reason}: {comment}";
            if ((await grains.Incident(newest).AddRecordings(recordings, detail, by, cancellation)).IsSuccess)
            {
                await stops.WaitForPropagation(cancellation);
                return newest;
            }
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

    /// <summary>Opens an incident for a privacy officer; it may have no recordings yet.</summary>
    public async Task<Result<Incident>> Open(
        string reason, ImmutableArray<RecordingId> recordings, IdempotencyKey? key, Actor by, CancellationToken cancellation)
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
        }, evenIfQuarantined: true, cancellation);
        if (quarantined.Incident!.IdempotencyKey?.Body != key?.Body)
            return ErrorCode.IdempotencyKeyReused;
        var id = quarantined.Incident.Id;
        await ProcessAndWaitForPropagation(id, cancellation);
        return await grains.Incident(id).Get(cancellation) is { } incident ? incident : ErrorCode.NotFound;
    }

    /// <summary>Finds replays in a list, under the names in their own records: another patient's after a misdelivery.</summary>
    /// <returns>Null if one of them is missing or may not be reported.</returns>
    public async Task<ImmutableArray<RecordingId>?> Find(
        IEnumerable<RecordingId> replays, Func<ListedReplay, bool> mayReport, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<RecordingId>();
        foreach (var replay in replays.Distinct())
        {
            var listed = await ReadRetry.WithRetry(() => grains.Patient(replay.Patient).FindReplay(replay, cancellation));
            if (listed is null || !mayReport(listed))
                return null;
            found.Add(listed.Replay.Name);
        }
        return [.. found.Distinct()];
    }

    /// <summary>Finds all replays in a patient's list.</summary>
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
        var propagation = stops.WaitForPropagation(cancellation);
        await grains.Incident(incident).ProcessPending(cancellation);
        await propagation;
    }
}
