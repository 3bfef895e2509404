using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Replays.Data.Incidents;
using Replays.Data.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Silo.Hosting;
using Replays.Silo.OwnershipAudit;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>The auditor with an embedded database and a fake store that can change while it is listed.</summary>
internal sealed class OwnershipAuditFixture : IAsyncDisposable
{
    public const long Bytes = 1_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("replays-audit-").FullName;
    private readonly ServiceProvider _services =
        new ServiceCollection().AddSerializer(s => s.AddAssembly(typeof(LedgerPage).Assembly)).BuildServiceProvider();

    public OwnershipAuditFixture()
    {
        Database = new SqliteDataSource(Path.Combine(_directory, "replays.db"));
        Schema.MigrateSqlite(Database.ConnectionString);
        Database.OpenConnection().Dispose(); // the first connection switches the database to write-ahead logging
    }

    public DbDataSource Database { get; }

    public FakeMediaStore Store { get; } = new();

    /// <summary>Creates a patient with one consultation, its replays and their objects.</summary>
    public async Task<RecordingId[]> CreateReplays(string id, int count)
    {
        var patient = PatientId.Parse(id);
        var name = patient.Consultation(1);
        var (recordings, replays) = (new List<RecordingState>(), new List<Replay>());
        for (var ordinal = 1; ordinal <= count; ordinal++)
        {
            var key = MediaObjectKey.Create();
            Store.Sizes[key] = Bytes + 16;
            recordings.Add(new()
            {
                Ordinal = ordinal,
                Mode = ConsultationMode.Video,
                Status = RecordingStatus.Available,
                StartedAt = default,
                ContentType = "video/mp4",
                UploadToken = "",
                ObjectKey = key,
                WrappedKey = new byte[60],
            });
            replays.Add(new()
            {
                Name = name.Recording(ordinal),
                Mode = ConsultationMode.Video,
                RecordedAt = default,
                DurationSeconds = 1,
                SizeBytes = Bytes,
                ContentType = "video/mp4",
                Sha256 = "",
                ObjectKey = key,
                WrappedKey = new byte[60],
            });
        }
        var booking = new Booking { Clinician = new("clin-1", "Dr Amara Osei"), ScheduledFor = default };
        var entry = new LedgerEntry
        {
            Name = name,
            Booking = booking,
            Status = ConsultationStatus.Ended,
            BookedAt = default,
            Replays = [.. replays],
        };
        await Put("ledger-header", patient.Name, new LedgerHeader { Owner = patient.Name });
        var page = LedgerPage.PageKey(patient, 0);
        await Put(LedgerPage.StateName, page, new LedgerPage { Owner = page, Entries = [entry] });
        await Put(
            ConsultationState.StateName, name.Name,
            new ConsultationState { Owner = name.Name, Status = ConsultationStatus.Ended, Recordings = [.. recordings] });
        await Execute(
            "INSERT INTO replays_patient_key (patient, wrapped, created_at) VALUES (@patient, @wrapped, 0)",
            ("patient", patient.Name), ("wrapped", new byte[60]));
        return [.. replays.Select(replay => replay.Name)];
    }

    /// <returns>The object keys of a patient's replays, in order.</returns>
    public async Task<string[]> ReadObjectKeys(string id)
    {
        var key = LedgerPage.PageKey(PatientId.Parse(id), 0);
        await using var connection = await Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var rows = await connection.Statement("SELECT payload FROM replays_grain_state WHERE grain_key = @key", ("key", key))
            .Rows(row => (byte[])row[0], default);
        var page = _services.GetRequiredService<Serializer<LedgerPage>>().Deserialize(rows.Single())!;
        return [.. page.Entries.SelectMany(entry => entry.Replays).Select(replay => replay.ObjectKey)];
    }

    public Task Put<T>(string state, string key, T value) => Execute("""
        INSERT INTO replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at)
        VALUES ('replays', @state, @key, 0, 0, 1, @payload, 0) ON CONFLICT DO UPDATE SET payload = excluded.payload
        """, ("state", state), ("key", key), ("payload", _services.GetRequiredService<Serializer<T>>().SerializeToArray(value)));

    public async Task Execute(string sql, params (string, object?)[] parameters)
    {
        await using var connection = await Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.Statement(sql, parameters).Execute(TestContext.Current.CancellationToken);
    }

    public Task<AuditResult> Audit()
    {
        var time = TimeProvider.System;
        var audit = new OwnershipAuditor(
            Database, Store, _services.GetRequiredService<Serializer>(), new(Database, time), new IncidentLog(Database, time),
            Options.Create(new ReplaysOptions()), Options.Create(new ReplaysClusterOptions()), time);
        return audit.Run(workers: 1, progress: null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
