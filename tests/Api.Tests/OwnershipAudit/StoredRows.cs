using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Replays.Data.Sql;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>Reads and changes stored rows directly, bypassing the grains.</summary>
internal sealed class StoredRows(DbDataSource database) : IAsyncDisposable
{
    private readonly ServiceProvider _services =
        new ServiceCollection().AddSerializer(s => s.AddAssembly(typeof(Grains.Patients.LedgerPage).Assembly)).BuildServiceProvider();

    public async Task Change<T>(string state, string key, Func<T, T> change) where T : class =>
        await Put(state, key, Serialize(change(await Read<T>(state, key))));

    public async Task<T> Read<T>(string state, string key) where T : class => (await Find<T>(state, key))!;

    public async Task<T?> Find<T>(string state, string key) where T : class
    {
        var rows = await Query(
            "SELECT payload FROM replays_grain_state WHERE state_name = @state AND grain_key = @key", row => (byte[])row[0],
            ("state", state), ("key", key));
        return rows is [var payload] ? _services.GetRequiredService<Serializer<T>>().Deserialize(payload) : null;
    }

    public byte[] Serialize<T>(T value) => _services.GetRequiredService<Serializer<T>>().SerializeToArray(value);

    public Task Put(string state, string key, byte[] payload) => ExecuteSingle(
        "UPDATE replays_grain_state SET payload = @payload WHERE state_name = @state AND grain_key = @key",
        ("payload", payload), ("state", state), ("key", key));

    /// <summary>Copies the row of a grain to another key.</summary>
    public Task Copy(string state, string key, string to) => ExecuteSingle($"""
        INSERT INTO replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at)
        SELECT service_id, state_name, @to, n0, n1, version, payload, written_at
        FROM replays_grain_state WHERE state_name = @state AND grain_key = @key
        """, ("to", to), ("state", state), ("key", key));

    /// <summary>Fails unless it changes exactly one row.</summary>
    public async Task ExecuteSingle(string sql, params (string, object?)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        Xunit.Assert.Equal(1, await connection.Statement(sql, parameters).Execute(default));
    }

    public async Task<List<T>> Query<T>(string sql, Func<DbDataReader, T> read, params (string, object?)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.Statement(sql, parameters).Rows(read, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await database.DisposeAsync();
    }
}
