using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Replays.Data.Sql;

namespace Replays.Data.OwnershipAudit;

/// <summary>The results of ownership audits, each sealed together with the one before it, and the heads of all trails that they saw.</summary>
public sealed class AuditLog(DbDataSource database, TimeProvider time)
{
    /// <summary>How results are written, in the database and on the command line.</summary>
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    internal static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    private const int HeadsAStatement = 100, PatientSeconds = 300;

    /// <returns>The last audit that came to an end; null: there has been none.</returns>
    public async Task<AuditResult?> Latest(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.Statement("SELECT result FROM replays_ownership_audit_run ORDER BY number DESC LIMIT 1").Rows(row => row.GetString(0), cancellation);
        return rows is [var result] ? JsonSerializer.Deserialize<AuditResult>(result, Json) : null;
    }

    /// <summary>Takes or keeps the right to audit. False: somebody else has it.</summary>
    internal async Task<bool> AcquireLease(string holder, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Statement(
            "UPDATE replays_ownership_audit_lease SET holder = @holder, until = @until WHERE holder = @holder OR until < @now",
            ("holder", holder), ("until", (now + LeaseTime).ToUnixTimeMilliseconds()), ("now", now.ToUnixTimeMilliseconds())).Execute(cancellation) == 1;
    }

    internal async Task ReleaseLease(string holder)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.Statement("UPDATE replays_ownership_audit_lease SET holder = '', until = 0 WHERE holder = @holder", ("holder", holder))
            .Execute(CancellationToken.None);
    }

    /// <summary>The last audit, and the number of the first that is not what it was when it was sealed.</summary>
    internal async Task<(AuditCompletion Last, long? FirstChanged)> Verify(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (last, changed) = (AuditCompletion.None, (long?)null);
        var runs = await connection.Statement("SELECT number, result, heads, seal FROM replays_ownership_audit_run ORDER BY number").Rows(
            row =>
            {
                var expected = Complete(last, row.GetInt64(0), row.GetString(1), (byte[])row[2]);
                if (row.GetInt64(0) != last.Number + 1 || !expected.AsSpan().SequenceEqual((byte[])row[3]))
                    changed ??= row.GetInt64(0);
                return last = new(row.GetInt64(0), (byte[])row[2], (byte[])row[3]);
            },
            cancellation);
        return (last, changed);
    }

    /// <summary>Forgets the heads that a run left behind which did not come to its end.</summary>
    internal async Task DeleteInterrupted(long lastRun, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Patient(connection.Statement("DELETE FROM replays_ownership_audit_head WHERE run > @last", ("last", lastRun))).Execute(cancellation);
    }

    /// <summary>Notes how trails end now. They count from the moment the run they belong to is noted.</summary>
    internal async Task RecordHeads(IReadOnlyCollection<RecordedHead> heads, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var some in heads.Chunk(HeadsAStatement))
        {
            var values = string.Join(", ", some.Select((_, i) => $"(@t{i}, @r{i}, @e{i}, @h{i})"));
            var parameters = some.SelectMany((head, i) => new (string, object?)[]
            {
                ($"t{i}", head.Trail), ($"r{i}", head.Run), ($"e{i}", head.Entries), ($"h{i}", head.Hash),
            });
            await connection.Statement($"INSERT INTO replays_ownership_audit_head (trail, run, entries, hash) VALUES {values}", [.. parameters]).Execute(cancellation);
        }
    }

    /// <summary>Notes an audit that came to its end, and seals it.</summary>
    internal async Task<AuditCompletion> RecordHeads(AuditResult result, AuditCompletion before, byte[] heads, CancellationToken cancellation)
    {
        var written = JsonSerializer.Serialize(result, Json);
        var seal = Complete(before, result.Number, written, heads);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.Statement("""
            INSERT INTO replays_ownership_audit_run (number, started_at, ended_at, findings, result, heads, seal)
            VALUES (@number, @started, @ended, @findings, @result, @heads, @seal)
            """, ("number", result.Number), ("started", result.StartedAt.ToUnixTimeMilliseconds()), ("ended", result.EndedAt.ToUnixTimeMilliseconds()),
            ("findings", result.Kinds.Values.Sum()), ("result", written), ("heads", heads), ("seal", seal)).Execute(cancellation);
        // Those that a newer one stands for. If this is missed, nothing is wrong.
        await Patient(connection.Statement("""
            DELETE FROM replays_ownership_audit_head WHERE run < @run AND trail IN (SELECT trail FROM replays_ownership_audit_head WHERE run = @run)
            """, ("run", result.Number))).Execute(cancellation);
        return new(result.Number, heads, seal);
    }

    private static DbCommand Patient(DbCommand command)
    {
        command.CommandTimeout = PatientSeconds;
        return command;
    }

    private static byte[] Complete(AuditCompletion before, long number, string result, byte[] heads)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData("Orleans.Replays ownership audit 1\n"u8);
        hash.AppendData(before.Seal);
        hash.AppendData(bytes);
        hash.AppendData(heads);
        hash.AppendData(Encoding.UTF8.GetBytes(result));
        return hash.GetHashAndReset();
    }
}

/// <summary>What an audit is sealed by.</summary>
/// <param name="Number">The audit's.</param>
/// <param name="Heads">SHA-256 over the last heads of all trails.</param>
/// <param name="Seal">SHA-256 over the seal before, the heads and the result.</param>
internal sealed record AuditCompletion(long Number, byte[] Heads, byte[] Seal)
{
    public static readonly AuditCompletion None = new(0, [], new byte[SHA256.HashSizeInBytes]);
}
