using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Npgsql;
using Replays.Data.Incidents;
using Replays.Data.Sql;
using Replays.Grains;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Storage;

namespace Replays.Data.Exposure;

internal sealed class ExposureLog(DbDataSource database, TimeProvider time) : IExposureLog
{
    private const string RecipientColumns = "principal, role, detail, list, is_entitled";
    private const string ListingColumns = $"recording, {RecipientColumns}, disclosed, first_at";
    private const string PlaybackColumns =
        $"recording, {RecipientColumns}, playback, part, via, size_bytes, duration_ms, begun_at, last_at, served, at_most";

    /// <summary>Listings that this process knows to be durable; when there are as many again, the older ones are forgotten.</summary>
    private const int MaxCached = 50_000;

    private readonly string _each = EachName(database);

    private ConcurrentDictionary<CacheKey, bool> _cached = [], _previouslyCached = [];
    private int _newlyCached;

    private readonly record struct CacheKey(RecordingId Recording, string Principal, string Role, string Detail);

    /// <summary>The rows of a JSON array of strings, as <c>each.value</c>.</summary>
    public static string EachName(DbDataSource database) =>
        database is NpgsqlDataSource ? "json_array_elements_text(CAST(@names AS json)) AS each(value)" : "json_each(@names) AS each";

    public ValueTask RecordListing(IReadOnlyCollection<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation)
    {
        List<RecordingId>? unknown = null;
        foreach (var recording in recordings)
        {
            if (!IsCached(recording, to))
                (unknown ??= []).Add(recording);
        }
        return unknown is null ? ValueTask.CompletedTask : new(Insert(unknown, to, disclosed, cancellation));
    }

    public Task RecordPlayback(PlaybackPart part, CancellationToken cancellation) => Run(connection => connection.Statement($"""
        INSERT INTO replays_playback ({PlaybackColumns}, is_published)
        VALUES (@recording, @principal, @role, @detail, @list, @entitled, @playback, @part, @via, @size, @duration, @begun, @last, @served, @atMost, 0)
        ON CONFLICT (playback, part) DO UPDATE SET last_at = excluded.last_at, served = excluded.served, at_most = excluded.at_most
        """,
        ("recording", part.Recording.Name), ("principal", part.Recipient.By.Subject), ("role", part.Recipient.By.Role), ("detail", part.Recipient.Detail),
        ("list", part.Recipient.List.Name), ("entitled", part.Recipient.IsEntitled ? 1 : 0), ("playback", part.Playback), ("part", part.Part),
        ("via", (int)part.AccessMethod), ("size", part.SizeBytes), ("duration", (long)(part.DurationSeconds * 1000)),
        ("begun", part.StartedAt.ToUnixTimeMilliseconds()), ("last", part.LastAt.ToUnixTimeMilliseconds()),
        ("served", part.Served.ToString()), ("atMost", part.UpperBound.ToString())).Execute(cancellation), cancellation);

    public async Task<bool> HasStarted(string playback, CancellationToken cancellation) => (await Run(connection => connection.Statement(
        "SELECT 1 FROM replays_playback WHERE playback = @playback LIMIT 1", ("playback", playback)).Rows(_ => true, cancellation), cancellation)).Count > 0;

    public async Task<string?> FindRecent(RecordingId recording, Recipient to, DateTimeOffset since, CancellationToken cancellation) =>
        (await Run(connection => connection.Statement("""
            SELECT playback FROM replays_playback
            WHERE recording = @recording AND principal = @principal AND role = @role AND detail = @detail AND list = @list AND via = 0 AND last_at > @since
            ORDER BY last_at DESC LIMIT 1
            """,
            ("recording", recording.Name), ("principal", to.By.Subject), ("role", to.By.Role), ("detail", to.Detail), ("list", to.List.Name),
            ("since", since.ToUnixTimeMilliseconds())).Rows(row => row.GetString(0), cancellation), cancellation)).FirstOrDefault();

    public Task<Exposures> FindByIncident(string incident, CancellationToken cancellation)
    {
        const string Affected = "recording IN (SELECT recording FROM replays_incident_recording WHERE incident = @incident)";
        return Run(connection => Read(connection, Affected, [("incident", incident)], cancellation), cancellation);
    }

    public Task<Exposures> FindByPrincipal(string principal, bool? entitled, int recordings, RecordingId? after, CancellationToken cancellation)
    {
        const string Theirs = "principal = @principal AND is_entitled >= @least AND is_entitled <= @most AND recording > @after";
        (string, object?)[] parameters =
        [
            ("principal", principal), ("least", entitled is true ? 1 : 0), ("most", entitled is false ? 0 : 1), ("after", after?.Name ?? ""),
        ];
        return Run(async connection =>
        {
            var names = await connection.Statement($"""
                SELECT recording FROM replays_listing WHERE {Theirs}
                UNION SELECT recording FROM replays_playback WHERE {Theirs}
                ORDER BY recording LIMIT @limit
                """, [.. parameters, ("limit", recordings + 1)]).Rows(row => row.GetString(0), cancellation);
            if (names.Count == 0)
                return new Exposures([], []);
            var last = names[Math.Min(names.Count, recordings) - 1];
            var page = await Read(connection, $"{Theirs} AND recording <= @last", [.. parameters, ("last", last)], cancellation);
            return page with { Last = names.Count > recordings ? RecordingId.Parse(last) : null };
        }, cancellation);
    }

    public async Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(
        IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation)
    {
        var named = await Run(connection => connection.Statement($"""
            SELECT held.recording, incident.report FROM replays_incident_recording held JOIN replays_incident incident ON incident.id = held.incident
            WHERE held.recording IN (SELECT each.value FROM {_each})
            """, ("names", JsonSerializer.Serialize(recordings.Select(recording => recording.Name))))
            .Rows(row => (Recording: RecordingId.Parse(row.GetString(0)), Report: row.GetString(1)), cancellation), cancellation);
        var reports = named.Select(one => one.Report).Distinct().ToDictionary(
            report => report, report => JsonSerializer.Deserialize<IncidentReport>(report, IncidentJson.Options)!);
        return [.. named.Where(one => Disputes(reports[one.Report], one.Recording)).Select(one => (one.Recording, reports[one.Report].Id))];
    }

    /// <summary>What the reporter said is about what they reported, not about what an officer added.</summary>
    private static bool Disputes(IncidentReport report, RecordingId recording) =>
        report is
        {
            Source: IncidentSource.Patient or IncidentSource.Clinician or IncidentSource.Scheduler,
            Reason: "not-mine" or "wrong-content" or "wrong-patient",
        }
        && report.Recordings.Contains(recording);

    private static async Task<Exposures> Read(
        DbConnection connection, string condition, (string, object?)[] parameters, CancellationToken cancellation)
    {
        var listings = await connection.Statement(
            $"SELECT {ListingColumns} FROM replays_listing WHERE {condition} ORDER BY recording, first_at, principal", parameters)
            .Rows(ReadListing, cancellation);
        var playbacks = await connection.Statement(
            $"SELECT {PlaybackColumns} FROM replays_playback WHERE {condition} ORDER BY recording, begun_at, playback, part", parameters)
            .Rows(ReadPart, cancellation);
        return new([.. listings], [.. playbacks]);
    }

    private static Listing ReadListing(DbDataReader row) => new(RecordingId.Parse(row.GetString(0)), ReadRecipient(row), row.GetString(6), At(row, 7));

    private static PlaybackPart ReadPart(DbDataReader row) => new()
    {
        Recording = RecordingId.Parse(row.GetString(0)),
        Recipient = ReadRecipient(row),
        Playback = row.GetString(6),
        Part = row.GetString(7),
        AccessMethod = (AccessMethod)row.GetInt32(8),
        SizeBytes = row.GetInt64(9),
        DurationSeconds = row.GetInt64(10) / 1000.0,
        StartedAt = At(row, 11),
        LastAt = At(row, 12),
        Served = ByteRangeSet.Parse(row.GetString(13)),
        UpperBound = ByteRangeSet.Parse(row.GetString(14)),
    };

    private static Recipient ReadRecipient(DbDataReader row) => new(
        new Actor(row.GetString(1), row.GetString(2)),
        PatientId.TryParseName(row.GetString(4), out var list) ? list : throw new FormatException("Not a patient's name."),
        row.GetInt32(5) == 1,
        row.GetString(3));

    private static DateTimeOffset At(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private async Task Insert(List<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation)
    {
        await Run(connection => connection.Statement($"""
            INSERT INTO replays_listing ({ListingColumns}, is_published)
            SELECT each.value, @principal, @role, @detail, @list, @entitled, @disclosed, @now, 0 FROM {_each} WHERE true
            ON CONFLICT DO NOTHING
            """,
            ("names", JsonSerializer.Serialize(recordings.Select(recording => recording.Name))), ("principal", to.By.Subject),
            ("role", to.By.Role), ("detail", to.Detail), ("list", to.List.Name), ("entitled", to.IsEntitled ? 1 : 0),
            ("disclosed", disclosed), ("now", time.GetUtcNow().ToUnixTimeMilliseconds())).Execute(cancellation), cancellation);
        foreach (var recording in recordings)
            Cache(recording, to);
    }

    private bool IsCached(RecordingId recording, Recipient to)
    {
        var key = new CacheKey(recording, to.By.Subject, to.By.Role, to.Detail);
        if (_cached.ContainsKey(key))
            return true;
        if (!_previouslyCached.ContainsKey(key))
            return false;
        Cache(recording, to); // still in use: it stays among the newer ones
        return true;
    }

    private void Cache(RecordingId recording, Recipient to)
    {
        if (!_cached.TryAdd(new(recording, to.By.Subject, to.By.Role, to.Detail), true) || Interlocked.Increment(ref _newlyCached) < MaxCached)
            return;
        Interlocked.Exchange(ref _newlyCached, 0);
        _previouslyCached = Interlocked.Exchange(ref _cached, []);
    }

    /// <summary>The driver's exceptions may quote what was written: they go no further.</summary>
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
