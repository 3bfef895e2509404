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

/// <summary>The audit over an embedded database and a store of the test's own, in which something can happen while it is listed.</summary>
internal sealed class OwnershipAuditFixture : IAsyncDisposable
{
    public const long Bytes = 1_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("replays-audit-lab-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer(s => s.AddAssembly(typeof(LedgerPage).Assembly)).BuildServiceProvider();

    public OwnershipAuditFixture()
    {
        Database = new SqliteDataSource(Path.Combine(_directory, "replays.db"));
        Schema.MigrateSqlite(Database.ConnectionString);
        Database.OpenConnection().Dispose(); // the first one makes it one that can be read while it is written
    }

    public DbDataSource Database { get; }

    public ListedStore Store { get; } = new();

    /// <summary>A patient with so many replays, all of one consultation, and their objects.</summary>
    public async Task<RecordingId[]> Live(string id, int replays)
    {
        var patient = PatientId.Parse(id);
        var name = patient.Consultation(1);
        var (recordings, listed) = (new List<RecordingState>(), new List<Replay>());
        for (var ordinal = 1; ordinal <= replays; ordinal++)
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
            listed.Add(new()
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
        var entry = new LedgerEntry { Name = name, Booking = booking, Status = ConsultationStatus.Ended, BookedAt = default, Replays = [.. listed] };
        await Put("ledger-header", patient.Name, new LedgerHeader { Owner = patient.Name });
        await Put(LedgerPage.StateName, LedgerPage.PageKey(patient, 0), new LedgerPage { Owner = LedgerPage.PageKey(patient, 0), Entries = [entry] });
        await Put(ConsultationState.StateName, name.Name, new ConsultationState { Owner = name.Name, Status = ConsultationStatus.Ended, Recordings = [.. recordings] });
        await Execute("INSERT INTO replays_patient_key (patient, wrapped, created_at) VALUES (@patient, @wrapped, 0)", ("patient", patient.Name), ("wrapped", new byte[60]));
        return [.. listed.Select(replay => replay.Name)];
    }

    /// <summary>The keys of a patient's objects, in the order of their replays.</summary>
    public async Task<string[]> Keys(string id)
    {
        var key = LedgerPage.PageKey(PatientId.Parse(id), 0);
        await using var connection = await Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var rows = await connection.Statement("SELECT payload FROM replays_grain_state WHERE grain_key = @key", ("key", key)).Rows(row => (byte[])row[0], default);
        return [.. _services.GetRequiredService<Serializer<LedgerPage>>().Deserialize(rows.Single())!.Entries.SelectMany(entry => entry.Replays).Select(replay => replay.ObjectKey)];
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
