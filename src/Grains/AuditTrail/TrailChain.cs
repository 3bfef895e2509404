using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Replays.Grains.AuditTrail;

/// <summary>
/// The hash chain (SHA-256): an entry's hash covers the preceding hash, its number, id and time, and the salted commitment to its content.
/// The first entry is chained to the owner's name, so that no trail passes for another's.
/// </summary>
public static class TrailChain
{
    private const int SaltBytes = 16, HashBytes = SHA256.HashSizeInBytes;

    public static byte[] Genesis(string owner) => SHA256.HashData(Encoding.UTF8.GetBytes("Orleans.Replays audit trail 1\n" + owner));

    /// <param name="before">The hash of the preceding entry.</param>
    /// <param name="recordedAt">Milliseconds since 1970.</param>
    public static ChainedEntry CreateEntry(ReadOnlySpan<byte> before, long number, Guid id, long recordedAt, byte[] content)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var commitment = new byte[HashBytes];
        Commit(salt, content, commitment);
        var hash = new byte[HashBytes];
        Chain(before, number, id, recordedAt, commitment, hash);
        return new() { Id = id, RecordedAt = recordedAt, Commitment = commitment, Hash = hash, Salt = salt, Content = content };
    }

    /// <summary>Whether an entry is chained to the preceding hash and, unless erased, matches its commitment.</summary>
    public static bool IsValid(ReadOnlySpan<byte> before, long number, ChainedEntry entry) =>
        IsValid(before, number, RawChainedEntry.Of(entry));

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte}, long, ChainedEntry)"/>
    public static bool IsValid(ReadOnlySpan<byte> before, long number, in RawChainedEntry entry)
    {
        Span<byte> expected = stackalloc byte[HashBytes];
        Chain(before, number, entry.Id, entry.RecordedAt, entry.Commitment.Span, expected);
        if (!expected.SequenceEqual(entry.Hash.Span) || entry.Salt is null != entry.Content is null)
            return false;
        if (entry.Content is not { } content)
            return true;
        Commit(entry.Salt!.Value.Span, content.Span, expected);
        return expected.SequenceEqual(entry.Commitment.Span);
    }

    private static void Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> content, Span<byte> commitment)
    {
        // The salt has a fixed length: different pairs of salt and content never concatenate to the same bytes.
        var length = salt.Length + content.Length;
        var bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        salt.CopyTo(bytes);
        content.CopyTo(bytes[salt.Length..]);
        SHA256.HashData(bytes, commitment);
    }

    private static void Chain(
        ReadOnlySpan<byte> before, long number, Guid id, long recordedAt, ReadOnlySpan<byte> commitment, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[HashBytes + 8 + 16 + 8 + HashBytes];
        if (before.Length != HashBytes || commitment.Length != HashBytes)
        {
            hash.Clear(); // all zeros match no known SHA-256: a stored hash of the wrong length is never valid
            return;
        }
        before.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[32..], number);
        id.TryWriteBytes(bytes[40..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[56..], recordedAt);
        commitment.CopyTo(bytes[64..]);
        SHA256.HashData(bytes, hash);
    }
}
