using System.Data.Common;
using Microsoft.Data.Sqlite;
using Replays.Data.Sql;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Tests.Exposure;

/// <summary>A new embedded database that counts its connections.</summary>
internal sealed class ExposureDatabase : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-exposure-").FullName;
    private readonly SqliteDataSource _sqlite;
    private readonly SqliteConnection _monitor;

    public ExposureDatabase()
    {
        _sqlite = new(Path.Combine(_directory, "replays.db"));
        Schema.MigrateSqlite(_sqlite.ConnectionString);
        Source = new CountingDataSource(_sqlite);
        _monitor = new($"{_sqlite.ConnectionString};Pooling=false");
        _monitor.Open();
    }

    public CountingDataSource Source { get; }

    /// <returns>A number that changes with every commit of another connection.</returns>
    public long DataVersion()
    {
        using var command = _monitor.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }

    public static ListedReplay Replay(string patient, int ordinal, double seconds = 100, long size = 1_000_000)
    {
        var name = RecordingId.Parse($"patients/{patient}/consultations/1/recordings/{ordinal}");
        var replay = new Replay
        {
            Name = name,
            Mode = ConsultationMode.Video,
            RecordedAt = default,
            DurationSeconds = seconds,
            SizeBytes = size,
            ContentType = "video/mp4",
            Sha256 = "",
            ObjectKey = "",
            WrappedKey = null,
        };
        return new(replay, new() { Clinician = new("clin-1", "Dr Amara Osei"), ScheduledFor = default });
    }

    public async ValueTask DisposeAsync()
    {
        await _monitor.DisposeAsync();
        await _sqlite.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Counts connections, and fails to open them while it is broken.</summary>
    internal sealed class CountingDataSource(DbDataSource inner) : DbDataSource
    {
        public int Opened { get; set; }

        public bool IsBroken { get; set; }

        public override string ConnectionString => inner.ConnectionString;

        protected override DbConnection CreateDbConnection() => throw new NotSupportedException();

        protected override DbConnection OpenDbConnection() => throw new NotSupportedException();

        protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        {
            Opened++;
            return IsBroken ? throw new TimeoutException() : await inner.OpenConnectionAsync(cancellationToken);
        }
    }
}
