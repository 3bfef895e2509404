using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Replays.Data.Sql;
using Replays.Grains.Identity;
using Replays.Grains.Keys;
using Replays.Grains.Storage;

namespace Replays.Grains.Tests.Storage;

/// <summary>The contract of grain storage, reminders, membership and patient keys, through the real providers on both databases.</summary>
public sealed class StorageContractTests(PostgresServer postgres)
{
    private const string StateName = "storage-test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exactly_one_of_four_concurrent_first_writes_is_acknowledged(bool onPostgres)
    {
        await using var silo = await StartSilo(onPostgres);
        var storage = Storage(silo);
        for (var race = 0; race < 300; race++)
        {
            var grain = Grain($"race/{race}");
            var writes = Enumerable.Range(1, 4).Select(writer => Task.Run(() => TryWrite(storage, grain, writer)));
            var acknowledged = (await Task.WhenAll(writes)).OfType<int>();
            Assert.Equal(Assert.Single(acknowledged), (await Read(storage, grain)).State!.Writer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_with_an_outdated_version_is_rejected(bool onPostgres)
    {
        await using var silo = await StartSilo(onPostgres);
        var storage = Storage(silo);
        var grain = Grain("older");
        await TryWrite(storage, grain, 1);
        var current = await Read(storage, grain);
        var outdated = await Read(storage, grain);
        current.State = new TestRecord { Writer = 2 };
        await storage.WriteStateAsync(StateName, grain, current, Cancellation);

        outdated.State = new TestRecord { Writer = 3 };
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, outdated, Cancellation));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(StateName, grain, outdated, Cancellation));
        Assert.Equal(2, (await Read(storage, grain)).State!.Writer);

        await storage.ClearStateAsync(StateName, grain, current, Cancellation);
        Assert.False((await Read(storage, grain)).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, outdated, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_that_parse_as_a_guid_or_a_number_are_rejected(bool onPostgres)
    {
        await using var silo = await StartSilo(onPostgres);
        var storage = Storage(silo);
        foreach (var key in new[] { "1", "0a", "ABC", "7b0c3c1e-9a3b-4d7e-8a51-0a6d7c1f2b33", "7B0C3C1E9A3B4D7E8A510A6D7C1F2B33" })
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => Read(storage, GrainId.Create("storage-test", key)));
            Assert.NotNull(await TryWrite(storage, Grain(key), 1));
        }
    }

    [Fact]
    public async Task Writes_acknowledged_by_a_busy_SQLite_are_visible_to_a_second_connection()
    {
        await using var silo = await StartSilo(onPostgres: false);
        var storage = Storage(silo);
        var writes = Enumerable.Range(1, 24).Select(writer => Task.Run(() => TryWrite(storage, Grain($"busy/{writer}"), writer))).ToList();
        await using (var rival = new SqliteConnection($"Data Source={silo.DatabaseFile};Pooling=False"))
        {
            // Another process, such as a backup, locks the file while the silo writes.
            await rival.OpenAsync(Cancellation);
            await using var transaction = rival.BeginTransaction();
            writes.AddRange(Enumerable.Range(25, 24).Select(writer => Task.Run(() => TryWrite(storage, Grain($"busy/{writer}"), writer))));
            await transaction.RollbackAsync(Cancellation);
        }
        Assert.DoesNotContain(null, await Task.WhenAll(writes));

        await using var second = new SqliteConnection($"Data Source={silo.DatabaseFile};Pooling=False");
        await second.OpenAsync(Cancellation);
        await using var count = second.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM replays_grain_state WHERE state_name = '{StateName}' AND payload IS NOT NULL";
        Assert.Equal(48L, await count.ExecuteScalarAsync(Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reminders_are_found_by_range_and_removed_only_at_their_version(bool onPostgres)
    {
        await using var silo = await StartSilo(onPostgres);
        var reminders = silo.Services.GetRequiredService<IReminderTable>();
        var start = new DateTime(2026, 6, 10, 12, 0, 0, DateTimeKind.Utc);
        var entry = new ReminderEntry
        {
            GrainId = Grain("reminded"),
            ReminderName = "settle",
            StartAt = start,
            Period = TimeSpan.FromHours(1),
        };
        var first = await reminders.UpsertRow(entry, Cancellation);
        var second = await reminders.UpsertRow(entry, Cancellation);
        Assert.NotEqual(first, second);

        var hash = entry.GrainId.GetUniformHashCode();
        var read = Assert.Single((await reminders.ReadRows(unchecked(hash - 1), hash, Cancellation)).Reminders);
        Assert.Equal((start, entry.Period, second), (read.StartAt, read.Period, read.ETag));
        Assert.Empty((await reminders.ReadRows(hash, unchecked(hash + 1), Cancellation)).Reminders);

        Assert.False(await reminders.RemoveRow(entry.GrainId, "settle", first!, Cancellation));
        Assert.True(await reminders.RemoveRow(entry.GrainId, "settle", second!, Cancellation));
        Assert.Empty((await reminders.ReadRows(entry.GrainId, Cancellation)).Reminders);
    }

    [Fact]
    public async Task A_membership_row_and_the_table_version_change_atomically()
    {
        await using var silo = await StartSilo(onPostgres: true);
        var membership = silo.Services.GetRequiredService<IMembershipTable>();
        var before = await membership.ReadAllAsync(Cancellation);
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(System.Net.IPAddress.Parse("192.0.2.1"), 11111, 7),
            SiloName = "other",
            HostName = "other",
            Status = SiloStatus.Joining,
            ProxyPort = 30000,
            StartTime = DateTime.UtcNow,
            IAmAliveTime = DateTime.UtcNow,
        };
        Assert.True(await membership.InsertRowAsync(entry, before.Version.Next(), Cancellation));
        Assert.False(await membership.InsertRowAsync(entry, before.Version.Next(), Cancellation));
        var after = await membership.ReadAllAsync(Cancellation);
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        Assert.False(await membership.InsertRowAsync(entry, after.Version.Next(), Cancellation));
        Assert.Equal(after.Version.Version, (await membership.ReadAllAsync(Cancellation)).Version.Version);

        entry.Status = SiloStatus.Dead;
        var etag = after.TryGet(entry.SiloAddress)!.Item2;
        var stale = before.TryGet(before.Members[0].Item1.SiloAddress)!.Item2;
        Assert.False(await membership.UpdateRowAsync(entry, stale, before.Version.Next(), Cancellation));
        Assert.Equal(after.Version.Version, (await membership.ReadAllAsync(Cancellation)).Version.Version);
        Assert.True(await membership.UpdateRowAsync(entry, etag, after.Version.Next(), Cancellation));
        await membership.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddMinutes(1), Cancellation);
        Assert.Single((await membership.ReadAllAsync(Cancellation)).Members);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_first_uses_agree_on_one_patient_key_and_a_destroyed_key_is_gone(bool onPostgres)
    {
        await using var silo = await StartSilo(onPostgres);
        var keys = silo.Services.GetRequiredService<IPatientKeys>();
        Assert.True(PatientId.TryCreate($"p{Guid.NewGuid():N}", out var patient));
        var keyBytes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => keys.GetOrCreate(patient, Cancellation))));
        Assert.Equal(32, keyBytes[0].Length);
        Assert.All(keyBytes, key => Assert.Equal(keyBytes[0], key));
        Assert.Equal(keyBytes[0], await keys.Find(patient, Cancellation));

        await keys.Destroy(patient, Cancellation);
        Assert.Null(await keys.Find(patient, Cancellation));
    }

    [Fact]
    public async Task Concurrent_migrations_succeed()
    {
        var connectionString = await postgres.CreateDatabase();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Schema.MigratePostgres(connectionString), Cancellation)));
    }

    private async Task<SiloHost> StartSilo(bool onPostgres)
    {
        if (!onPostgres)
            return await SiloHost.Start(connectionString: null);
        var connectionString = await postgres.CreateDatabase();
        Schema.MigratePostgres(connectionString);
        return await SiloHost.Start(connectionString);
    }

    private static IGrainStorage Storage(SiloHost silo) => silo.Services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name);

    private static GrainId Grain(string key) => GrainId.Create("storage-test", $"tests/{key}");

    private static async Task<GrainState<TestRecord>> Read(IGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<TestRecord>();
        await storage.ReadStateAsync(StateName, grain, state);
        return state;
    }

    /// <returns>The writer if its write was acknowledged, otherwise null.</returns>
    private static async Task<int?> TryWrite(IGrainStorage storage, GrainId grain, int writer)
    {
        try
        {
            await storage.WriteStateAsync(StateName, grain, new GrainState<TestRecord>(new TestRecord { Writer = writer }));
            return writer;
        }
        catch (InconsistentStateException)
        {
            return null;
        }
    }
}
