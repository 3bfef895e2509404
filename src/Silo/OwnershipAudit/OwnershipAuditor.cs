using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Media.Stores;
using Replays.Silo.Hosting;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Reads the database and the media store themselves, not through the grains, and tells whatever is not where its name says: one pass over all rows in
/// the order of the patients, all rows of one patient together, in bounded memory.
/// </summary>
internal sealed class OwnershipAuditor(
    DbDataSource database, IMediaStore media, Serializer serializer, AuditLog log, IIncidentLog incidents,
    IOptions<ReplaysOptions> rules, IOptions<ReplaysClusterOptions> cluster, TimeProvider time)
{
    /// <summary>Findings with an incident each; the rest of a kind have one together, so that a restored table does not bury the officer.</summary>
    private const int MaxSeparateIncidents = 20;

    private const int BatchesInFlight = 32, HeadBatchSize = 1_000, HeadsInFlight = 4, PatientsBetweenReports = 500;

    private readonly StoredStates _states = new(serializer);

    /// <summary>Audits everything, keeps the result, and opens incidents for what it found.</summary>
    /// <param name="workers">How many processors to use beside the one that reads.</param>
    /// <param name="progress">Told now and then.</param>
    /// <exception cref="AuditInProgressException">Another process audits now.</exception>
    /// <exception cref="MediaStoreEmptyException">All media are missing: nothing is kept.</exception>
    public async Task<AuditResult> Run(int workers, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        await using var lease = await AuditLease.Acquire(log, time, cancellation);
        return await Run(workers, progress, new Findings(), lease.Lost);
    }

    private async Task<AuditResult> Run(int workers, IProgress<AuditProgress>? progress, Findings findings, CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        var (last, changed) = await log.Verify(cancellation);
        if (changed is { } number)
            findings.Add(FindingKinds.AuditChanged, $"audits/{number}", "the result");
        await log.DeleteInterrupted(last.Number, cancellation);

        using var references = new MediaAudit(database, cluster.Value.ServiceId, media, _states, findings);
        var seen = await AuditDatabase(last, workers, references, progress, findings, cancellation);
        var heads = Task.Run(() => DigestHeads(last.Number + 1, cancellation), cancellation);
        await Task.WhenAll(Task.Run(() => references.Compare(cancellation), cancellation), heads);

        var (kinds, named) = findings.All();
        var result = new AuditResult
        {
            Number = last.Number + 1,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            Counts = seen,
            Kinds = kinds,
            Findings = named,
        };
        // Incidents first: a run that dies in between is repeated and counts them once more, and none is lost.
        await OpenIncidents(result, cancellation);
        await log.RecordHeads(result, last, await heads, cancellation);
        return result;
    }

    private async Task<AuditCounts> AuditDatabase(
        AuditCompletion last, int workers, MediaAudit references, IProgress<AuditProgress>? progress, Findings findings, CancellationToken cancellation)
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var batches = new BlockingCollection<List<RowBatch>>(BatchesInFlight);
        using var heads = new BlockingCollection<List<RecordedHead>>(HeadsInFlight);
        var tally = new Tally(progress);

        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        // What was stored before this moment is listed after it: nothing that is referred to can be missed.
        var old = time.GetUtcNow() - rules.Value.Recordings.UploadDeadline;
        var listing = Guard(async () => tally.Add(new() { MediaObjects = await references.ListObjects(old, failure.Token) }));
        var noting = Guard(() =>
        {
            foreach (var some in heads.GetConsumingEnumerable(failure.Token))
                log.RecordHeads(some, failure.Token).GetAwaiter().GetResult(); // or it would wait for the next ones in the thread pool
            return Task.CompletedTask;
        });
        var working = Guard(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => RunOnDedicatedThread(() => RunWorker(batches, heads, last.Number + 1, tally, failure.Token))));
            heads.CompleteAdding();
        });
        var reading = Guard(async () =>
        {
            tally.Pages = await snapshot.Count(LedgerPage.StateName, failure.Token);
            tally.Add(await new StopAndIncidentAudit(_states, findings).Check(snapshot, failure.Token));
            await new PatientReader(snapshot, _states, references, findings).Read(last, batches, failure.Token);
            batches.CompleteAdding();
        });
        await Task.WhenAll(reading, working, noting, listing);
        return tally.Seen;

        // What fails gives all the others up.
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

    /// <summary>On a thread that may wait: what waits in the thread pool keeps processors busy with looking for work.</summary>
    private static Task RunOnDedicatedThread(Func<Task> part) =>
        Task.Factory.StartNew(part, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static Task RunWorker(
        BlockingCollection<List<RowBatch>> batches, BlockingCollection<List<RecordedHead>> heads, long run, Tally tally, CancellationToken cancellation)
    {
        var links = new List<RawChainedEntry>(TrailStorage.PageSize);
        var grown = new List<RecordedHead>(HeadBatchSize);
        foreach (var batch in batches.GetConsumingEnumerable(cancellation))
        {
            foreach (var (audit, rows) in batch)
            {
                audit.Add(rows, links);
                if (!audit.Done())
                    continue;
                tally.Add(audit.Checked);
                if (audit.Grown is { } head)
                    grown.Add(head with { Run = run });
            }
            if (grown.Count < HeadBatchSize)
                continue;
            // Not one by one: each would wake a thread.
            heads.Add(grown, cancellation);
            grown = new(HeadBatchSize);
        }
        heads.Add(grown, cancellation);
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

    /// <summary>One incident a cause, not one a run: the same again is counted.</summary>
    private async Task OpenIncidents(AuditResult result, CancellationToken cancellation)
    {
        var causes = result.Findings.Select((finding, i) => (finding.Kind, Cause: i < MaxSeparateIncidents ? finding.Name : null)).Distinct();
        foreach (var (kind, cause) in causes)
            await incidents.RecordOccurrence(IncidentReport.ForFinding(kind, cause, result.EndedAt), 1, cancellation);
    }

    private sealed class Tally(IProgress<AuditProgress>? progress)
    {
        private readonly System.Threading.Lock _lock = new();
        private long _patients;

        public AuditCounts Seen { get; private set; } = new();
        public long Pages { get; set; }

        public void Add(AuditCounts seen)
        {
            lock (_lock)
            {
                Seen += seen;
                if (_patients++ % PatientsBetweenReports == 0)
                    progress?.Report(new(Seen.Replays, Seen.Pages, Pages));
            }
        }
    }
}
