using System.Data.Common;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Replays.Grains;
using Replays.Grains.Audit;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Media;
using Replays.Grains.Patients;
using Replays.Grains.Stops;
using Replays.Silo.Hosting;
using Replays.Silo.Incidents;

namespace Replays.Silo.Audit;

/// <summary>
/// Reads the database and the media store themselves, not through the grains, and tells whatever is not where its name says: one pass over all rows in
/// the order of the patients, all rows of one patient together, in bounded memory.
/// </summary>
internal sealed class OwnershipAudit(
    DbDataSource database, IMediaStore media, Serializer serializer, AuditLog log, IIncidentLog incidents,
    IOptions<ReplaysOptions> rules, IOptions<ReplaysClusterOptions> cluster, TimeProvider time)
{
    /// <summary>Findings with an incident each; the rest of a kind have one together, so that a restored table does not bury the officer.</summary>
    private const int IncidentsApart = 20;

    private const int PieceBytes = 512 * 1024, PiecesInFlight = 32, HeadsInFlight = 1_000, PatientsBetweenReports = 500;

    private readonly StoredStates _states = new(serializer);

    /// <summary>Audits everything, keeps the result, and opens incidents for what it found.</summary>
    /// <param name="workers">How many processors to use beside the one that reads.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Gives up: nothing is kept.</param>
    /// <exception cref="AuditUnderWayException">Another process audits now.</exception>
    public async Task<AuditResult> Run(int workers, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var holder = Guid.NewGuid().ToString("n");
        if (!await log.Hold(holder, cancellation))
            throw new AuditUnderWayException();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var keeping = KeepHolding(holder, giveUp);
        try
        {
            return await Run(workers, progress, new Findings(), giveUp.Token);
        }
        finally
        {
            await giveUp.CancelAsync();
            await keeping;
            await log.Release(holder);
        }
    }

    private async Task<AuditResult> Run(int workers, IProgress<AuditProgress>? progress, Findings findings, CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        var (last, changed) = await log.Verify(cancellation);
        if (changed is { } number)
            findings.Add(FindingKinds.AuditChanged, $"audits/{number}", "the result");
        await log.DropBrokenOff(last.Number, cancellation);

        using var match = new MediaMatch();
        var seen = await AuditDatabase(last, workers, match, progress, findings, cancellation);
        await Task.Run(() => CompareMedia(match, findings, cancellation), cancellation);

        var (kinds, named) = findings.All();
        var result = new AuditResult
        {
            Number = last.Number + 1,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            Checked = seen,
            Kinds = kinds,
            Findings = named,
        };
        // Incidents first: a run that dies in between is repeated and counts them once more, and none is lost.
        await OpenIncidents(result, cancellation);
        await log.Note(result, last, await DigestHeads(result.Number, cancellation), cancellation);
        return result;
    }

    private async Task<AuditChecked> AuditDatabase(
        AuditSeal last, int workers, MediaMatch match, IProgress<AuditProgress>? progress, Findings findings, CancellationToken cancellation)
    {
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pieces = Channel.CreateBounded<Piece>(new BoundedChannelOptions(PiecesInFlight) { SingleWriter = true });
        var heads = Channel.CreateBounded<SealedTrail>(HeadsInFlight);
        var tally = new Tally(progress);

        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        // What was stored before this moment is listed after it: nothing that is referred to can be missed.
        var listing = Guard(async () => tally.Add(new() { MediaObjects = await ListObjects(match, failure.Token) }));
        var noting = Guard(() => NoteHeads(heads.Reader, last.Number + 1, failure.Token));
        var working = Guard(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => Work(pieces.Reader, heads.Writer, tally, failure.Token))));
            heads.Writer.Complete();
        });
        var reading = Guard(async () =>
        {
            tally.Pages = await snapshot.Count(LedgerPage.StateName, failure.Token);
            tally.Add(await AuditSmallTables(snapshot, findings, failure.Token));
            await ReadPatients(snapshot, last, pieces.Writer, match, findings, failure.Token);
            pieces.Writer.Complete();
        });
        await Task.WhenAll(reading, working, noting, listing);
        return tally.Seen;

        // What fails gives all the others up.
        async Task Guard(Func<Task> part)
        {
            try
            {
                await Task.Run(part, failure.Token);
            }
            catch
            {
                await failure.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Brings the rows of each patient together: all streams are in one order, so this is a merge.</summary>
    private async Task ReadPatients(
        AuditSnapshot snapshot, AuditSeal last, ChannelWriter<Piece> pieces, MediaMatch match, Findings findings, CancellationToken cancellation)
    {
        using var digest = new HeadsDigest();
        var erased = await Erased(snapshot, cancellation);
        await using var heads = new PatientCursor<NumberedRow>(ById(snapshot.States(StoredStates.Head, cancellation), r => Key(r, StoredStates.Head, null, findings)), cancellation);
        await using var trailHeads = new PatientCursor<NumberedRow>(ById(snapshot.States(StoredTrail.HeadState, cancellation), r => Key(r, StoredTrail.HeadState, null, findings)), cancellation);
        await using var keys = new PatientCursor<byte[]>(ById(snapshot.PatientKeys(cancellation), r => Key(r, findings)), cancellation);
        await using var former = new PatientCursor<SealedTrail>(ById(snapshot.Heads(last.Number, cancellation), r => Key(r, digest, findings)), cancellation);
        await using var pages = Rows(LedgerPage.StateName, "pages");
        await using var consultations = Rows(StoredStates.Consultation, "consultations");
        await using var trail = Rows(StoredTrail.PageState, "trail");
        (PatientRowKind Kind, PatientCursor<NumberedRow> Rows)[] many =
            [(PatientRowKind.Page, pages), (PatientRowKind.Consultation, consultations), (PatientRowKind.Trail, trail)];
        IPatientCursor[] all = [heads, trailHeads, keys, former, pages, consultations, trail];

        foreach (var cursor in all)
            await cursor.Next();
        while (all.Where(cursor => cursor.Patient is not null).Select(cursor => cursor.Patient!.Value).Order(PatientOrder.Instance).FirstOrDefault() is var patient
            && patient != default)
        {
            var rows = new PatientRows(
                (await heads.Take(patient)).Payload, (await trailHeads.Take(patient)).Payload, await keys.Take(patient), await former.Take(patient),
                erased.Contains(patient.Name));
            var audit = new PatientAudit(patient, rows, _states, findings, match);
            var piece = new List<(PatientRowKind, NumberedRow)>();
            var bytes = 0;
            foreach (var (kind, cursor) in many)
            {
                for (; cursor.Patient == patient; await cursor.Next())
                {
                    piece.Add((kind, cursor.Row));
                    bytes += cursor.Row.Payload?.Length ?? 0;
                    if (bytes < PieceBytes)
                        continue;
                    audit.Expect();
                    await pieces.WriteAsync(new(audit, piece), cancellation);
                    (piece, bytes) = ([], 0);
                }
            }
            await pieces.WriteAsync(new(audit, piece), cancellation);
        }
        if (last.Number > 0 && !digest.Finish().AsSpan().SequenceEqual(last.Heads))
            findings.Add(FindingKinds.AuditChanged, $"audits/{last.Number}", "the heads of trails that it saw");

        PatientCursor<NumberedRow> Rows(string state, string collection) =>
            new(Filtered(snapshot.States(state, cancellation), r => Key(r, state, collection, findings)), cancellation);

        IAsyncEnumerable<OfPatient<T>> ById<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, OfPatient<T>?> key) =>
            PatientOrder.Reorder(Filtered(rows, key), cancellation);
    }

    private static async Task Work(ChannelReader<Piece> pieces, ChannelWriter<SealedTrail> heads, Tally tally, CancellationToken cancellation)
    {
        await foreach (var (audit, rows) in pieces.ReadAllAsync(cancellation))
        {
            audit.Add(rows);
            if (!audit.Done())
                continue;
            tally.Add(audit.Checked);
            if (audit.Grown is { } grown)
                await heads.WriteAsync(grown, cancellation);
        }
    }

    private async Task NoteHeads(ChannelReader<SealedTrail> heads, long run, CancellationToken cancellation)
    {
        var some = new List<SealedTrail>();
        await foreach (var head in heads.ReadAllAsync(cancellation))
        {
            some.Add(head with { Run = run });
            if (some.Count < HeadsInFlight)
                continue;
            await log.Note(some, cancellation);
            some.Clear();
        }
        await log.Note(some, cancellation);
    }

    private async Task<byte[]> DigestHeads(long run, CancellationToken cancellation)
    {
        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        using var digest = new HeadsDigest();
        await foreach (var head in snapshot.Heads(run, cancellation))
            digest.Add(head);
        return digest.Finish();
    }

    private async Task<long> ListObjects(MediaMatch match, CancellationToken cancellation)
    {
        var oldest = time.GetUtcNow() - rules.Value.Recordings.UploadDeadline;
        var objects = 0L;
        await foreach (var listed in media.List(cancellation))
        {
            match.AddObject(new(MediaRecord.KeyOf(listed.ObjectKey), listed.Bytes, listed.ModifiedAt < oldest ? MediaRecord.Old : MediaRecord.Young));
            objects++;
        }
        return objects;
    }

    /// <summary>
    /// Objects have no names. Whose recording a misfit is, the pages say, read once more as they are now: what was withdrawn and destroyed meanwhile
    /// is none any more.
    /// </summary>
    private async Task CompareMedia(MediaMatch match, Findings findings, CancellationToken cancellation)
    {
        var wanted = new Dictionary<UInt128, string>();
        match.Compare(
            (kind, key) =>
            {
                if (kind == FindingKinds.MediaUnreferenced)
                    findings.Add(kind, $"media/{MediaRecord.NameOf(key)}");
                else if (wanted.Count < Findings.NamedAtMost)
                    wanted[key] = kind;
                else
                    findings.AddUnnamed(kind, 1);
            },
            cancellation);
        if (wanted.Count == 0)
            return;
        foreach (var (key, _) in wanted.Where(misfit => misfit.Value == FindingKinds.MediaMissing).ToList())
        {
            if (await media.ReadCheckpoint(MediaRecord.NameOf(key), cancellation) is not null)
                wanted.Remove(key);
        }
        await using var snapshot = await AuditSnapshot.Open(database, cluster.Value.ServiceId, cancellation);
        await foreach (var row in snapshot.States(LedgerPage.StateName, cancellation))
        {
            foreach (var replay in Replays(row))
            {
                if (replay.WrappedKey is not null && wanted.TryGetValue(MediaRecord.KeyOf(replay.ObjectKey), out var kind))
                    findings.Add(kind, replay.Name.Name);
            }
        }
    }

    private IEnumerable<Replay> Replays(StateRow row)
    {
        try
        {
            return row.Payload is null ? [] : [.. StoredStates.Read(_states.Pages, row.Payload).Entries.SelectMany(e => e.Replays).Where(r => MediaObjectKey.IsValid(r.ObjectKey))];
        }
        catch (Exception)
        {
            return []; // found to be unreadable already
        }
    }

    /// <summary>Stops and incidents name only what there could be, and each incident's report and record are its own.</summary>
    private async Task<AuditChecked> AuditSmallTables(AuditSnapshot snapshot, Findings findings, CancellationToken cancellation)
    {
        var stops = await snapshot.All("SELECT kind, target FROM replays_stop", row => (Kind: row.GetInt32(0), Target: row.GetString(1)), cancellation);
        foreach (var (kind, target) in stops)
        {
            var named = (StopKind)kind switch
            {
                StopKind.Quarantine or StopKind.Withdrawal => RecordingId.TryParseName(target, out _),
                StopKind.Suspension => target == Stop.Everyone || PatientId.TryParseName(target, out _),
                StopKind.Erasure => PatientId.TryParseName(target, out _),
                _ => false,
            };
            if (!named)
                findings.Add(FindingKinds.StopUnreadable, $"stops/{kind}/{target}");
        }
        foreach (var held in await snapshot.All("SELECT recording FROM replays_incident_recording", row => row.GetString(0), cancellation))
        {
            if (!RecordingId.TryParseName(held, out _))
                findings.Add(FindingKinds.IncidentUnreadable, held, "no recording's name");
        }
        var reports = await snapshot.All("SELECT id, report FROM replays_incident", row => (Id: row.GetString(0), Report: row.GetString(1)), cancellation);
        foreach (var (id, report) in reports)
        {
            if (ReadReport(report)?.Id != id)
                findings.Add(FindingKinds.IncidentUnreadable, $"incidents/{id}", "the report");
        }
        await foreach (var row in snapshot.States(IncidentState.StateName, cancellation))
        {
            if (row.N0 != 0 || row.N1 != 0 || !row.Key.StartsWith("incidents/", StringComparison.Ordinal))
                findings.Add(FindingKinds.RowKey, NameOf(IncidentState.StateName, row));
            else if (row.Payload is not null && ReadIncident(row.Payload) is var owner && owner != row.Key)
                findings.Add(owner is null ? FindingKinds.RowUnreadable : FindingKinds.RowOwner, row.Key, owner is null ? null : $"bears {owner}");
        }
        return new() { Stops = stops.Count, Incidents = reports.Count, OtherRows = await CountOthers(snapshot, cancellation) };
    }

    private static IncidentReport? ReadReport(string report)
    {
        try
        {
            return JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? ReadIncident(byte[] payload)
    {
        try
        {
            return StoredStates.Read(_states.Incidents, payload).Owner;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static async Task<long> CountOthers(AuditSnapshot snapshot, CancellationToken cancellation)
    {
        string[] known = [StoredStates.Head, StoredStates.Consultation, LedgerPage.StateName, StoredTrail.HeadState, StoredTrail.PageState, IncidentState.StateName];
        var others = 0L;
        await foreach (var state in snapshot.StateNames(cancellation))
            others += known.Contains(state) ? 0 : await snapshot.Count(state, cancellation);
        return others;
    }

    private static async Task<HashSet<string>> Erased(AuditSnapshot snapshot, CancellationToken cancellation) =>
        [.. await snapshot.All($"SELECT target FROM replays_stop WHERE kind = {(int)StopKind.Erasure}", row => row.GetString(0), cancellation)];

    /// <summary>One incident a cause, not one a run: the same again is counted.</summary>
    private async Task OpenIncidents(AuditResult result, CancellationToken cancellation)
    {
        var causes = result.Findings.Select((finding, i) => (finding.Kind, Cause: i < IncidentsApart ? finding.Name : null)).Distinct();
        foreach (var (kind, cause) in causes)
            await incidents.Note(IncidentReport.OfFinding(kind, cause, result.EndedAt), 1, cancellation);
    }

    /// <summary>Whoever loses the right to audit stops: somebody else may have begun.</summary>
    private async Task KeepHolding(string holder, CancellationTokenSource giveUp)
    {
        try
        {
            using var timer = new PeriodicTimer(AuditLog.LeaseTime / 6, time);
            var held = time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(giveUp.Token))
            {
                try
                {
                    if (!await log.Hold(holder, giveUp.Token))
                        break;
                    held = time.GetTimestamp();
                }
                catch (DbException) when (time.GetElapsedTime(held) < AuditLog.LeaseTime * 0.8)
                {
                    // The database may be back before the right is gone.
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or DbException)
        {
        }
        await giveUp.CancelAsync();
    }

    private static async IAsyncEnumerable<OfPatient<T>> Filtered<TRow, T>(IAsyncEnumerable<TRow> rows, Func<TRow, OfPatient<T>?> key)
    {
        await foreach (var row in rows)
        {
            if (key(row) is { } own)
                yield return own;
        }
    }

    private static OfPatient<NumberedRow>? Key(StateRow row, string state, string? collection, Findings findings)
    {
        if (StoredStates.TryKey(row, collection, out var own))
            return own;
        findings.Add(FindingKinds.RowKey, NameOf(state, row));
        return null;
    }

    private static OfPatient<byte[]>? Key(PatientKeyRow row, Findings findings)
    {
        if (PatientId.TryParseName(row.Patient, out var patient))
            return new(patient, row.Wrapped);
        findings.Add(FindingKinds.RowKey, $"patient-key {row.Patient}");
        return null;
    }

    private static OfPatient<SealedTrail>? Key(SealedTrail row, HeadsDigest digest, Findings findings)
    {
        digest.Add(row);
        if (PatientId.TryParseName(row.Trail, out var patient))
            return new(patient, row);
        findings.Add(FindingKinds.AuditChanged, $"audits/{row.Run}", $"the head of {row.Trail}");
        return null;
    }

    private static string NameOf(string state, StateRow row) => row is { N0: 0, N1: 0 } ? $"{state} {row.Key}" : $"{state} {row.Key} ({row.N0}, {row.N1})";

    private sealed record Piece(PatientAudit Audit, List<(PatientRowKind Kind, NumberedRow Row)> Rows);

    private sealed class Tally(IProgress<AuditProgress>? progress)
    {
        private readonly System.Threading.Lock _lock = new();
        private long _patients;

        public AuditChecked Seen { get; private set; } = new();

        public long Pages { get; set; }

        public void Add(AuditChecked seen)
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
