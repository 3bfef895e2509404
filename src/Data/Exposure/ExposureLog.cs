using System.Collections.Concurrent;
using System.Text.Json;
using Replays.Data.Incidents;
using Replays.Grains.Exposure;
using Replays.Grains.Incidents;
using Replays.Grains.Storage;

namespace Replays.Data.Exposure;

internal sealed class ExposureLog(DbDataSource database, TimeProvider time) : IExposureLog
{
    private const string RecipientColumns = "principal, role, detail, list, is_entitled";
    private const string ListingColumns = $"recording, {RecipientColumns}, disclosed, first_at";
    private const string PlaybackColumns =
        $"recording, {RecipientColumns}, playback, part, access_method, size_bytes, duration_ms, started_at, last_at, served, upper_bound";

    /// <summary>Listings per cache generation. When a generation is full, the previous one is discarded.</summary>
    private const int MaxCached = 50_000;

    private readonly string _each = NameSql.Each(database);

    /// <summary>Listings known to be in the database.</summary>
    private ConcurrentDictionary<CacheKey, bool> _cached = [], _previouslyCached = [];
    private int _currentCount;

    private readonly record struct CacheKey(RecordingId Recording, string Principal, string Role, string Detail);

    public ValueTask RecordListing(
        IReadOnlyCollection<RecordingId> recordings, Recipient recipient, string disclosed, CancellationToken cancellation)
    {
        List<RecordingId>? uncached = null;
        foreach (var recording in recordings)
        {
            if (!IsCached(recording, recipient))
                (uncached ??= []).Add(recording);
        }
        return uncached is null ? ValueTask.CompletedTask : new(InsertListings(uncached, recipient, disclosed, cancellation));
    }

    public Task RecordPlayback(PlaybackPart part, CancellationToken cancellation) => Run(connection => connection.Statement($"""
        INSERT INTO replays_playback ({PlaybackColumns}, is_published)
        VALUES (@recording, @principal, @role, @detail, @list, @entitled,
            @playback, @part, @method, @size, @duration, @started, @last, @served, @upperBound, 0)
        ON CONFLICT (playback, part) DO UPDATE SET last_at = excluded.last_at, served = excluded.served, upper_bound = excluded.upper_bound
        """,
        [
            ("recording", part.Recording.Name), .. RecipientParameters(part.Recipient), ("entitled", part.Recipient.IsEntitled ? 1 : 0),
            ("playback", part.Playback), ("part", part.Part), ("method", (int)part.AccessMethod), ("size", part.SizeBytes),
            ("duration", (long)(part.DurationSeconds * 1000)), ("started", part.StartedAt.ToUnixTimeMilliseconds()),
            ("last", part.LastAt.ToUnixTimeMilliseconds()), ("served", part.Served.ToString()), ("upperBound", part.UpperBound.ToString()),
        ]).Execute(cancellation), cancellation);

    public async Task<bool> HasStarted(string playback, CancellationToken cancellation) => (await Run(connection => connection.Statement(
        "SELECT 1 FROM replays_playback WHERE playback = @playback LIMIT 1", ("playback", playback))
        .Rows(_ => true, cancellation), cancellation)).Count > 0;

    public async Task<string?> FindRecent(
        RecordingId recording, Recipient recipient, DateTimeOffset since, CancellationToken cancellation) =>
        (await Run(connection => connection.Statement("""
            SELECT playback FROM replays_playback
            WHERE recording = @recording AND principal = @principal AND role = @role AND detail = @detail AND list = @list
                AND access_method = 0 AND last_at > @since
            ORDER BY last_at DESC LIMIT 1
            """, [("recording", recording.Name), .. RecipientParameters(recipient), ("since", since.ToUnixTimeMilliseconds())])
            .Rows(row => row.GetString(0), cancellation), cancellation)).FirstOrDefault();

    public Task<Exposures> FindByIncident(string incident, CancellationToken cancellation)
    {
        const string Affected = "recording IN (SELECT recording FROM replays_incident_recording WHERE incident = @incident)";
        return Run(connection => Read(connection, Affected, [("incident", incident)], cancellation), cancellation);
    }

    public Task<Exposures> FindByPrincipal(
        string principal, bool? entitled, int recordings, RecordingId? after, CancellationToken cancellation)
    {
        const string Condition = "principal = @principal AND is_entitled >= @least AND is_entitled <= @most AND recording > @after";
        (string, object?)[] parameters = [("principal", principal), ("after", after?.Name ?? ""),
            ("least", entitled is true ? 1 : 0), ("most", entitled is false ? 0 : 1)];
        return Run(async connection =>
        {
            var names = await connection.Statement($"""
                SELECT recording FROM replays_listing WHERE {Condition}
                UNION SELECT recording FROM replays_playback WHERE {Condition}
                ORDER BY recording LIMIT @limit
                """, [.. parameters, ("limit", recordings + 1)]).Rows(row => row.GetString(0), cancellation);
            if (names.Count == 0)
                return new Exposures([], []);
            var last = names[Math.Min(names.Count, recordings) - 1];
            var page = await Read(connection, $"{Condition} AND recording <= @last", [.. parameters, ("last", last)], cancellation);
            return page with { Last = names.Count > recordings ? RecordingId.Parse(last) : null };
        }, cancellation);
    }

    public async Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(
        IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var rows = await Run(connection => connection.Statement($"""
            SELECT held.recording, incident.report
            FROM replays_incident_recording held JOIN replays_incident incident ON incident.id = held.incident
            WHERE held.recording IN (SELECT each.value FROM {_each})
            """, NameSql.Names(recordings.Select(recording => recording.Name)))
            .Rows(row => (Recording: RecordingId.Parse(row.GetString(0)), Report: row.GetString(1)), cancellation), cancellation);
        var reports = rows.Select(row => row.Report).Distinct().ToDictionary(
            report => report, report => JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options)!);
        return [.. rows.Where(row => Disputes(reports[row.Report], row.Recording)).Select(row => (row.Recording, reports[row.Report].Id))];
    }

    /// <summary>The reason applies only to the reported recordings, not to those that an officer added.</summary>
    private static bool Disputes(IncidentReport report, RecordingId recording) =>
        report.Source is IncidentSource.Patient or IncidentSource.Clinician or IncidentSource.Scheduler
        && report.Reason is "not-mine" or "wrong-content" or "wrong-patient" && report.Recordings.Contains(recording);

    private static async Task<Exposures> Read(
        DbConnection connection, string condition, (string, object?)[] parameters, CancellationToken cancellation)
    {
        var listings = await connection.Statement(
            $"SELECT {ListingColumns} FROM replays_listing WHERE {condition} ORDER BY recording, first_at, principal", parameters)
            .Rows(ReadListing, cancellation);
        var playbacks = await connection.Statement(
            $"SELECT {PlaybackColumns} FROM replays_playback WHERE {condition} ORDER BY recording, started_at, playback, part", parameters)
            .Rows(ReadPart, cancellation);
        return new([.. listings], [.. playbacks]);
    }

    private static Listing ReadListing(DbDataReader row) =>
        new(RecordingId.Parse(row.GetString(0)), ReadRecipient(row), row.GetString(6), ReadTime(row, 7));

    private static PlaybackPart ReadPart(DbDataReader row) => new()
    {
        Recording = RecordingId.Parse(row.GetString(0)),
        Recipient = ReadRecipient(row),
        Playback = row.GetString(6),
        Part = row.GetString(7),
        AccessMethod = (AccessMethod)row.GetInt32(8),
        SizeBytes = row.GetInt64(9),
        DurationSeconds = row.GetInt64(10) / 1000.0,
        StartedAt = ReadTime(row, 11),
        LastAt = ReadTime(row, 12),
        Served = ByteRangeSet.Parse(row.GetString(13)),
        UpperBound = ByteRangeSet.Parse(row.GetString(14)),
    };

    private static Recipient ReadRecipient(DbDataReader row) => new(
        new Actor(row.GetString(1), row.GetString(2)),
        PatientId.TryParseName(row.GetString(4), out var list) ? list : throw new FormatException("Not a patient name."),
        row.GetInt32(5) == 1, row.GetString(3));

    private static DateTimeOffset ReadTime(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private async Task InsertListings(List<RecordingId> recordings, Recipient recipient, string disclosed, CancellationToken cancellation)
    {
        await Run(connection => connection.Statement($"""
            INSERT INTO replays_listing ({ListingColumns}, is_published)
            SELECT each.value, @principal, @role, @detail, @list, @entitled, @disclosed, @now, 0 FROM {_each} WHERE true
            ON CONFLICT DO NOTHING
            """,
            [
                NameSql.Names(recordings.Select(recording => recording.Name)), .. RecipientParameters(recipient),
                ("entitled", recipient.IsEntitled ? 1 : 0), ("disclosed", disclosed), ("now", time.GetUtcNow().ToUnixTimeMilliseconds()),
            ]).Execute(cancellation), cancellation);
        foreach (var recording in recordings)
            Cache(recording, recipient);
    }

    private static (string, object?)[] RecipientParameters(Recipient recipient) =>
        [("principal", recipient.By.Subject), ("role", recipient.By.Role), ("detail", recipient.Detail), ("list", recipient.List.Name)];

    private bool IsCached(RecordingId recording, Recipient recipient)
    {
        var key = KeyOf(recording, recipient);
        if (_cached.ContainsKey(key))
            return true;
        if (!_previouslyCached.ContainsKey(key))
            return false;
        Cache(recording, recipient); // keep it in the next generation
        return true;
    }

    private static CacheKey KeyOf(RecordingId recording, Recipient recipient) =>
        new(recording, recipient.By.Subject, recipient.By.Role, recipient.Detail);

    private void Cache(RecordingId recording, Recipient recipient)
    {
        var key = KeyOf(recording, recipient);
        if (!_cached.TryAdd(key, true) || Interlocked.Increment(ref _currentCount) < MaxCached)
            return;
        Interlocked.Exchange(ref _currentCount, 0);
        _previouslyCached = Interlocked.Exchange(ref _cached, []);
    }

    /// <summary>Replaces driver exceptions, whose messages may contain personal data.</summary>
    private async Task<T> Run<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            return await work(connection);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            throw new StorageUnavailableException();
        }
    }
}
