using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Orleans.Serialization;
using Replays.Api.Tests.OwnershipAudit;
using Replays.Data.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Storage;

namespace Replays.Bench.OwnershipAudit;

/// <summary>
/// A PostgreSQL database and a media directory of <see cref="SyntheticPatients"/>, with ten faults of ten kinds. Created once per directory
/// and reused by later runs.
/// </summary>
internal sealed class PopulatedDatabase(string directory, int patients, Serializer serializer)
{
    private const string CopyState =
        "COPY replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at) FROM STDIN (FORMAT BINARY)";

    private const string CopyKeys = "COPY replays_patient_key (patient, wrapped, created_at) FROM STDIN (FORMAT BINARY)";

    /// <summary>One fault of each kind, each of another patient, and each with exactly one finding.</summary>
    private static readonly string[] FaultKinds =
    [
        FindingKinds.RowOwner, FindingKinds.EntryPlace, FindingKinds.ReplayOwner, FindingKinds.ReplayUnknown, FindingKinds.ReplayMedia,
        FindingKinds.PatientKeyMissing, FindingKinds.TrailBroken, FindingKinds.MediaMissing, FindingKinds.MediaSize,
        FindingKinds.MediaUnreferenced,
    ];

    // Only durability, which the bench does not need, differs from PostgreSQL's defaults.
    private readonly PostgresCluster _cluster = new(Path.Combine(directory, "postgres"), "-c fsync=off -c max_wal_size=4GB");

    public string Media => Path.Combine(directory, "media");

    public string ConnectionString => _cluster.ConnectionString("replays");

    private string FaultsFile => Path.Combine(directory, $"made-{patients}.json");

    /// <returns>The kind and name of each fault.</returns>
    public async Task<string[]> Open()
    {
        Directory.CreateDirectory(directory);
        await _cluster.Start();
        if (!File.Exists(FaultsFile))
        {
            await Create();
            await File.WriteAllTextAsync(FaultsFile, JsonSerializer.Serialize(await InjectFaults()));
        }
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        await Execute(
            database, "TRUNCATE replays_ownership_audit_run, replays_ownership_audit_head, replays_incident, replays_incident_recording");
        return JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(FaultsFile))!;
    }

    public Task Close() => _cluster.Stop();

    private async Task Create()
    {
        await using (var server = NpgsqlDataSource.Create(_cluster.ConnectionString("postgres")))
            await Execute(server, "CREATE DATABASE replays");
        Schema.MigratePostgres(ConnectionString);
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { CommandTimeout = 600 };
        await using var database = NpgsqlDataSource.Create(settings.ToString());
        await Task.WhenAll(
            Task.Run(() => Fill(database, "trails", CopyState, 1, async (rows, i, _) =>
            {
                var patient = SyntheticPatients.Patient(i);
                var (pages, head) = SyntheticPatients.Trail(patient);
                foreach (var page in pages)
                    await Write(rows, TrailStorage.PageState, TrailStorage.PageKey(patient.Name, page.Number), page);
                await Write(rows, TrailStorage.HeadState, patient.Name, head);
            })),
            // In the order of time: the first consultation of every patient, then the second.
            Task.Run(async () =>
            {
                await Fill(database, "consultations", CopyState, SyntheticPatients.ReplaysPerPatient, async (rows, i, round) =>
                {
                    var name = SyntheticPatients.Patient(i).Consultation(round);
                    await Write(rows, ConsultationState.StateName, name.Name, SyntheticPatients.Consultation(name));
                });
                await Fill(database, "ledgers", CopyState, 1, (rows, i, _) =>
                {
                    var page = SyntheticPatients.Page(SyntheticPatients.Patient(i));
                    return Write(rows, LedgerPage.StateName, page.Owner, page);
                });
                await Fill(database, "keys", CopyKeys, 1, async (rows, i, _) =>
                {
                    await rows.StartRowAsync();
                    await rows.WriteAsync(SyntheticPatients.Patient(i).Name);
                    await rows.WriteAsync(new byte[134]);
                    await rows.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
                });
                await ForEach("media of patients", patients, CreateMedia);
            }));
        await Execute(database, "VACUUM ANALYZE");
        await Execute(database, "CHECKPOINT");
    }

    private async Task<string[]> InjectFaults()
    {
        await using var rows = new StoredRows(NpgsqlDataSource.Create(ConnectionString));
        var faults = new PlantedFaults(Media, rows).All;
        var injected = new List<string>();
        foreach (var (i, kind) in FaultKinds.Index())
            injected.Add($"{kind} {await faults[kind](SyntheticPatients.Patient(i * patients / FaultKinds.Length))}");
        return [.. injected.Order(StringComparer.Ordinal)];
    }

    private async Task Fill(
        NpgsqlDataSource database, string table, string copy, int rounds, Func<NpgsqlBinaryImporter, int, int, Task> write)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var rows = await connection.BeginBinaryImportAsync(copy);
        rows.Timeout = TimeSpan.FromMinutes(10);
        await ForEach(table, rounds * patients, i => write(rows, i % patients, i / patients + 1));
        await rows.CompleteAsync();
    }

    private async Task Write<T>(NpgsqlBinaryImporter rows, string state, string key, T value)
    {
        await rows.StartRowAsync();
        await rows.WriteAsync("replays");
        await rows.WriteAsync(state);
        await rows.WriteAsync(key);
        await rows.WriteAsync(0L);
        await rows.WriteAsync(0L);
        await rows.WriteAsync(1);
        await rows.WriteAsync(serializer.SerializeToArray(value));
        await rows.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
    }

    /// <summary>Creates sparse files of the expected lengths.</summary>
    private Task CreateMedia(int index)
    {
        var patient = SyntheticPatients.Patient(index);
        for (var number = 1; number <= SyntheticPatients.ReplaysPerPatient; number++)
        {
            var key = SyntheticPatients.ObjectKey(patient.Consultation(number).Recording(1));
            var folder = Directory.CreateDirectory(Path.Combine(Media, key[..2], key)).FullName;
            CreateFile(Path.Combine(folder, "media"), SyntheticPatients.EncryptedSizeOf(key));
            CreateFile(Path.Combine(folder, "checkpoint"), 300);
        }
        return Task.CompletedTask;

        static void CreateFile(string path, long bytes)
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            RandomAccess.SetLength(file, bytes);
        }
    }

    private static async Task ForEach(string table, int count, Func<int, Task> action)
    {
        for (var i = 0; i < count; i++)
        {
            await action(i);
            if ((i + 1) % (count / 4) == 0)
                Console.WriteLine($"  {table}: {i + 1} of {count}");
        }
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
