using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Media.Stores;
using Replays.Silo.Hosting;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Checks ownership in database and media store directly, bypassing the grains. Reads all rows once, grouped by patient.</summary>
internal sealed class OwnershipAuditor(
    DbDataSource database, IMediaStore media, Serializer serializer, AuditLog log, IIncidentLog incidents,
    IOptions<ReplaysOptions> rules, IOptions<ReplaysClusterOptions> cluster, TimeProvider time)
{
    /// <summary>Findings with an incident each. The others share one per kind, so that a bulk fault does not flood the officer.</summary>
    private const int MaxSeparateIncidents = 20;

    private const int BatchesInFlight = 32, HeadBatchSize = 1_000, HeadsInFlight = 4, PatientsBetweenReports = 500;

    private readonly StoredStates _states = new(serializer);

    /// <summary>Runs an ownership audit, stores the result and opens incidents for its findings.</summary>
    /// <param name="workers">The number of worker threads besides the reading one.</param>
    /// <exception cref="AuditInProgressException">Another audit is in progress.</exception>
    /// <exception cref="MediaStoreEmptyException">All media are missing. Nothing is stored.</exception>
    public async Task<AuditResult> Run(int workers, IProgress<AuditProgress>? progress, CancellationToken stopping)
    {
        await using var lease = await AuditLease.Acquire(log, time, stopping);
        var (findings, started, cancellation) = (new Findings(), time.GetUtcNow(), lease.Lost);
        var (last, changed) = await log.Verify(cancellation);
        if (changed is { } number)
            findings.Add(FindingKinds.AuditChanged, $"audits/{number}", "the result");
        await log.DeleteInterrupted(last.Number, cancellation);

        using var references = new MediaAudit(database, cluster.Value.ServiceId, media, _states, findings);
        var counts = await AuditDatabase(last, workers, references, progress, findings, cancellation);
        var heads = Task.Run(() => DigestHeads(last.Number + 1, cancellation), cancellation);
        await Task.WhenAll(Task.Run(() => references.Compare(cancellation), cancellation), heads);

        var (kinds, kept) = findings.All();
        var result = new AuditResult
        {
            Number = last.Number + 1,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            Counts = counts,
            Kinds = kinds,
            Findings = kept,
        };
        // Incidents first: if the process crashes in between, the next audit counts them again, and none is lost.
        await OpenIncidents(result, cancellation);
        await log.Complete(result, last, await heads, cancellation);
        return result;
    }

    private async Task<AuditCounts> AuditDatabase(
        AuditCompletion last, int workers, MediaAudit references, IProgress<AuditProgress>? progress, Findings findings,
        CancellationToken cancellation)
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var batches = new BlockingCollection<List<RowBatch>>(BatchesInFlight);
        using var heads = new BlockingCollection<List<RecordedHead>>(HeadsInFlight);
        var tally = new Tally(progress);

        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        // Objects are listed after the snapshot was taken, so the listing includes every object that the snapshot references.
        var uploadCutoff = time.GetUtcNow() - rules.Value.Recordings.UploadDeadline;
        var listing = Guard(async () => tally.Add(new() { MediaObjects = await references.ListObjects(uploadCutoff, failure.Token) }));
        var recording = Guard(() =>
        {
            foreach (var batch in heads.GetConsumingEnumerable(failure.Token))
                log.RecordHeads(batch, failure.Token).GetAwaiter().GetResult(); // await would move the blocking loop to the thread pool
            return Task.CompletedTask;
        });
        var working = Guard(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, workers)
                .Select(_ => RunOnDedicatedThread(() => RunWorker(batches, heads, last.Number + 1, tally, failure.Token))));
            heads.CompleteAdding();
        });
        var reading = Guard(async () =>
        {
            tally.Pages = await snapshot.Count(LedgerPage.StateName, failure.Token);
            tally.Add(await new StopAndIncidentAudit(_states, findings).Check(snapshot, failure.Token));
            await new PatientReader(snapshot, _states, references, findings).Read(last, batches, failure.Token);
            batches.CompleteAdding();
        });
        await Task.WhenAll(reading, working, recording, listing);
        return tally.Counts;

        // Cancels the other parts if one fails.
        async Task Guard(Func<Task> part)
        {
            try
            {
                await RunOnDedicatedThread(part);
            }
            catch
            {
                await failure.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Runs blocking work outside the thread pool, whose idle threads would otherwise spin.</summary>
    private static Task RunOnDedicatedThread(Func<Task> part) =>
        Task.Factory.StartNew(part, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static Task RunWorker(
        BlockingCollection<List<RowBatch>> batches, BlockingCollection<List<RecordedHead>> heads, long run, Tally tally,
        CancellationToken cancellation)
    {
        var entries = new List<RawChainedEntry>(TrailStorage.PageSize);
        var newHeads = new List<RecordedHead>(HeadBatchSize);
        foreach (var batch in batches.GetConsumingEnumerable(cancellation))
        {
            foreach (var (audit, rows) in batch)
            {
                audit.Add(rows, entries);
                if (!audit.Complete())
                    continue;
                tally.Add(audit.Counts);
                if (audit.NewHead is { } head)
                    newHeads.Add(head with { Run = run });
            }
            if (newHeads.Count < HeadBatchSize)
                continue;
            // In batches, because each item wakes a thread.
            heads.Add(newHeads, cancellation);
            newHeads = new(HeadBatchSize);
        }
        heads.Add(newHeads, cancellation);
        return Task.CompletedTask;
    }

    private async Task<byte[]> DigestHeads(long run, CancellationToken cancellation)
    {
        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        using var digest = new HeadsDigest();
        await foreach (var head in snapshot.Heads(run, cancellation))
            digest.Add(head);
        return digest.Finish();
    }

    /// <summary>Opens one incident per cause. Later audits with the same cause increment its occurrences.</summary>
    private async Task OpenIncidents(AuditResult result, CancellationToken cancellation)
    {
        var causes = result.Findings
            .Select((finding, i) => (finding.Kind, Cause: i < MaxSeparateIncidents ? finding.Name : null)).Distinct();
        foreach (var (kind, cause) in causes)
            await incidents.RecordOccurrence(IncidentReport.ForFinding(kind, cause, result.EndedAt), 1, cancellation);
    }

    private sealed class Tally(IProgress<AuditProgress>? progress)
    {
        private readonly Lock _lock = new();
        private long _patients;

        public AuditCounts Counts { get; private set; } = new();
        public long Pages { get; set; }

        public void Add(AuditCounts counts)
        {
            lock (_lock)
            {
                Counts += counts;
                if (_patients++ % PatientsBetweenReports == 0)
                    progress?.Report(new(Counts.Replays, Counts.Pages, Pages));
            }
        }
    }
}
