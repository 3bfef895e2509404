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

namespace Replays.Bench.Audit;

/// <summary>
/// A PostgreSQL database and a media directory full of <see cref="Population"/>, with ten faults of ten kinds: made once in a directory, and
/// found there again.
/// </summary>
internal sealed class AuditedDatabase(string directory, int patients, Serializer serializer)
{
    private const string State = "COPY replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at) FROM STDIN (FORMAT BINARY)";

    /// <summary>The kinds of faults, each at a patient of its own. None of them shows up twice.</summary>
    private static readonly string[] Kinds =
    [
        FindingKinds.RowOwner, FindingKinds.EntryPlace, FindingKinds.ReplayOwner, FindingKinds.ReplayUnknown, FindingKinds.ReplayMedia,
        FindingKinds.PatientKeyMissing, FindingKinds.TrailBroken, FindingKinds.MediaMissing, FindingKinds.MediaSize, FindingKinds.MediaUnreferenced,
    ];

    // What is durable matters to nobody here, and the rest is as PostgreSQL comes.
    private readonly PostgresCluster _cluster = new(Path.Combine(directory, "postgres"), "-c fsync=off -c max_wal_size=4GB");

    public string Media => Path.Combine(directory, "media");

    public string ConnectionString => _cluster.ConnectionString("replays");

    private string Made => Path.Combine(directory, $"made-{patients}.json");

    /// <returns>The faults: kinds and names.</returns>
    public async Task<string[]> Open()
    {
        Directory.CreateDirectory(directory);
        await _cluster.Start();
        if (!File.Exists(Made))
        {
            await Make();
            await File.WriteAllTextAsync(Made, JsonSerializer.Serialize(await Plant()));
        }
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        await Execute(database, "TRUNCATE replays_ownership_audit_run, replays_ownership_audit_head, replays_incident, replays_incident_recording");
        return JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(Made))!;
    }

    public Task Close() => _cluster.Stop();

    private async Task Make()
    {
        await using (var server = NpgsqlDataSource.Create(_cluster.ConnectionString("postgres")))
            await Execute(server, "CREATE DATABASE replays");
        Schema.MigratePostgres(ConnectionString);
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { CommandTimeout = 600 }.ToString());
        await Task.WhenAll(
            Task.Run(() => Fill(database, "trails", State, 1, async (rows, i, _) =>
            {
                var patient = Population.Patient(i);
                var (pages, head) = Population.Trail(patient);
                foreach (var page in pages)
                    await Write(rows, TrailStorage.PageState, TrailStorage.PageKey(patient.Name, page.Number), page);
                await Write(rows, TrailStorage.HeadState, patient.Name, head);
            })),
            // As time goes by: the first consultations of all, then the second.
            Task.Run(async () =>
            {
                await Fill(database, "consultations", State, Population.ReplaysEach, async (rows, i, round) =>
                {
                    var name = Population.Patient(i).Consultation(round);
                    await Write(rows, ConsultationState.StateName, name.Name, Population.Consultation(name));
                });
                await Fill(database, "ledgers", State, 1, (rows, i, _) =>
                {
                    var page = Population.Page(Population.Patient(i));
                    return Write(rows, LedgerPage.StateName, page.Owner, page);
                });
                await Fill(database, "keys", "COPY replays_patient_key (patient, wrapped, created_at) FROM STDIN (FORMAT BINARY)", 1, async (rows, i, _) =>
                {
                    await rows.StartRowAsync();
                    await rows.WriteAsync(Population.Patient(i).Name);
                    await rows.WriteAsync(new byte[134]);
                    await rows.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
                });
                await Progress("media of patients", patients, Store);
            }));
        await Execute(database, "VACUUM ANALYZE");
        await Execute(database, "CHECKPOINT");
    }

    private async Task<string[]> Plant()
    {
        await using var rows = new StoredRows(NpgsqlDataSource.Create(ConnectionString));
        var faults = new PlantedFaults(Media, rows).All;
        var planted = new List<string>();
        foreach (var (i, kind) in Kinds.Index())
            planted.Add($"{kind} {await faults[kind](Population.Patient(i * patients / Kinds.Length))}");
        return [.. planted.Order(StringComparer.Ordinal)];
    }

    private async Task Fill(NpgsqlDataSource database, string what, string copy, int rounds, Func<NpgsqlBinaryImporter, int, int, Task> write)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var rows = await connection.BeginBinaryImportAsync(copy);
        rows.Timeout = TimeSpan.FromMinutes(10);
        await Progress(what, rounds * patients, i => write(rows, i % patients, i / patients + 1));
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

    /// <summary>Media as long as they would be, and with nothing in them: files with holes.</summary>
    private Task Store(int index)
    {
        var patient = Population.Patient(index);
        for (var number = 1; number <= Population.ReplaysEach; number++)
        {
            var key = Population.ObjectKey(patient.Consultation(number).Recording(1));
            var folder = Directory.CreateDirectory(Path.Combine(Media, key[..2], key)).FullName;
            Create(Path.Combine(folder, "media"), Population.EncryptedSizeOf(key));
            Create(Path.Combine(folder, "checkpoint"), 300);
        }
        return Task.CompletedTask;

        static void Create(string path, long bytes)
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            RandomAccess.SetLength(file, bytes);
        }
    }

    private static async Task Progress(string what, int count, Func<int, Task> each)
    {
        for (var i = 0; i < count; i++)
        {
            await each(i);
            if ((i + 1) % (count / 4) == 0)
                Console.WriteLine($"  {what}: {i + 1} of {count}");
        }
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
