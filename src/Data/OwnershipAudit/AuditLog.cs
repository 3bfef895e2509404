using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Data.OwnershipAudit;

/// <summary>The results of ownership audits, linked by a hash chain, and the audit trail heads that they recorded.</summary>
public sealed class AuditLog(DbDataSource database, TimeProvider time)
{
    /// <summary>The format of results in the database and on the command line.</summary>
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    internal static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    private const int HeadsPerStatement = 100, CleanupTimeoutSeconds = 300;

    /// <returns>The last completed audit; null if there is none.</returns>
    public async Task<AuditResult?> Latest(CancellationToken cancellation = default)
    {
        var results = await database.Rows("SELECT result FROM replays_ownership_audit_run ORDER BY number DESC LIMIT 1", [],
            row => row.GetString(0), cancellation);
        return results is [var result] ? JsonSerializer.Deserialize<AuditResult>(result, Json) : null;
    }

    /// <summary>Acquires or renews the lease. Returns false if another holder has it.</summary>
    internal async Task<bool> AcquireLease(string holder, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return await database.Execute(
            "UPDATE replays_ownership_audit_lease SET holder = @holder, expires_at = @expires WHERE holder = @holder OR expires_at < @now",
            [("holder", holder), ("expires", (now + LeaseTime).ToUnixTimeMilliseconds()), ("now", now.ToUnixTimeMilliseconds())],
            cancellation) == 1;
    }

    internal Task ReleaseLease(string holder) => database.Execute(
        "UPDATE replays_ownership_audit_lease SET holder = '', expires_at = 0 WHERE holder = @holder",
        [("holder", holder)], CancellationToken.None);

    /// <summary>Verifies the hash chain. Returns the last audit and the number of the first one that was changed.</summary>
    internal async Task<(AuditCompletion Last, long? FirstChanged)> Verify(CancellationToken cancellation)
    {
        var (last, changed) = (AuditCompletion.None, (long?)null);
        await database.Rows("SELECT number, result, heads, chain_hash FROM replays_ownership_audit_run ORDER BY number", [], row =>
        {
            var (number, heads, hash) = (row.GetInt64(0), (byte[])row[2], (byte[])row[3]);
            if (number != last.Number + 1 || !ChainHash(last, number, row.GetString(1), heads).AsSpan().SequenceEqual(hash))
                changed ??= number;
            return last = new(number, heads, hash);
        }, cancellation);
        return (last, changed);
    }

    /// <summary>Deletes the heads recorded by an interrupted run.</summary>
    internal Task DeleteInterrupted(long lastRun, CancellationToken cancellation) =>
        Cleanup("DELETE FROM replays_ownership_audit_head WHERE run > @run", lastRun, cancellation);

    /// <summary>Records trail heads. They take effect when their run is completed.</summary>
    internal async Task RecordHeads(IReadOnlyCollection<RecordedHead> heads, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var chunk in heads.Chunk(HeadsPerStatement))
        {
            var values = string.Join(", ", chunk.Select((_, i) => $"(@t{i}, @r{i}, @e{i}, @h{i})"));
            var parameters = chunk.SelectMany((head, i) => new (string, object?)[]
            {
                ($"t{i}", head.Trail), ($"r{i}", head.Run), ($"e{i}", head.Entries), ($"h{i}", head.Hash),
            });
            await connection.Statement(
                $"INSERT INTO replays_ownership_audit_head (trail, run, entries, hash) VALUES {values}", [.. parameters])
                .Execute(cancellation);
        }
    }

    /// <summary>Stores the result of a completed audit and links it to the previous one.</summary>
    internal async Task Complete(AuditResult result, AuditCompletion previous, byte[] heads, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(result, Json);
        await database.Execute(
            """
            INSERT INTO replays_ownership_audit_run (number, started_at, ended_at, findings, result, heads, chain_hash)
            VALUES (@number, @started, @ended, @findings, @result, @heads, @hash)
            """,
            [
                ("number", result.Number), ("started", result.StartedAt.ToUnixTimeMilliseconds()),
                ("ended", result.EndedAt.ToUnixTimeMilliseconds()),
                ("findings", result.Kinds.Values.Sum()), ("result", json), ("heads", heads),
                ("hash", ChainHash(previous, result.Number, json, heads)),
            ],
            cancellation);
        // Superseded heads. Keeping them would be harmless.
        await Cleanup(
            """
            DELETE FROM replays_ownership_audit_head
            WHERE run < @run AND trail IN (SELECT trail FROM replays_ownership_audit_head WHERE run = @run)
            """,
            result.Number, cancellation);
    }

    private async Task Cleanup(string sql, long run, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var command = connection.Statement(sql, ("run", run));
        command.CommandTimeout = CleanupTimeoutSeconds;
        await command.Execute(cancellation);
    }

    private static byte[] ChainHash(AuditCompletion previous, long number, string result, byte[] heads)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData("Orleans.Replays ownership audit 1\n"u8);
        hash.AppendData(previous.ChainHash);
        hash.AppendData(bytes);
        hash.AppendData(heads);
        hash.AppendData(Encoding.UTF8.GetBytes(result));
        return hash.GetHashAndReset();
    }
}

/// <summary>A completed audit's link in the hash chain.</summary>
/// <param name="Heads">SHA-256 over the latest heads of all audit trails.</param>
/// <param name="ChainHash">SHA-256 over the previous link's hash, the number, the heads and the result.</param>
internal sealed record AuditCompletion(long Number, byte[] Heads, byte[] ChainHash)
{
    public static readonly AuditCompletion None = new(0, [], new byte[SHA256.HashSizeInBytes]);
}
