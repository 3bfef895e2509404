using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Replays.Grains.AuditTrail;

/// <summary>
/// The arithmetic of the chain (SHA-256): an entry's hash covers the hash before it, its number, id and time, and the salted commitment to
/// its content. The first one is chained to the owner's name, so that no trail passes for another's.
/// </summary>
public static class TrailChain
{
    private const int SaltBytes = 16, HashBytes = SHA256.HashSizeInBytes;

    public static byte[] Genesis(string owner) => SHA256.HashData(Encoding.UTF8.GetBytes("Orleans.Replays audit trail 1\n" + owner));

    /// <summary>The link that follows.</summary>
    /// <param name="before">The hash of the entry before.</param>
    /// <param name="number">The entry's number, from 1.</param>
    /// <param name="id">The entry's id.</param>
    /// <param name="recordedAt">Milliseconds since 1970.</param>
    /// <param name="content">What it says.</param>
    public static ChainedEntry CreateEntry(ReadOnlySpan<byte> before, long number, Guid id, long recordedAt, byte[] content)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var commitment = new byte[HashBytes];
        Commit(salt, content, commitment);
        var hash = new byte[HashBytes];
        Chain(before, number, id, recordedAt, commitment, hash);
        return new() { Id = id, RecordedAt = recordedAt, Commitment = commitment, Hash = hash, Salt = salt, Content = content };
    }

    /// <summary>Whether a link is what followed there: chained, and saying what it committed to, unless erased.</summary>
    public static bool IsValid(ReadOnlySpan<byte> before, long number, ChainedEntry link) => IsValid(before, number, RawChainedEntry.Of(link));

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte}, long, ChainedEntry)"/>
    public static bool IsValid(ReadOnlySpan<byte> before, long number, in RawChainedEntry link)
    {
        Span<byte> expected = stackalloc byte[HashBytes];
        Chain(before, number, link.Id, link.RecordedAt, link.Commitment.Span, expected);
        if (!expected.SequenceEqual(link.Hash.Span) || link.Salt is null != link.Content is null)
            return false;
        if (link.Content is not { } content)
            return true;
        Commit(link.Salt!.Value.Span, content.Span, expected);
        return expected.SequenceEqual(link.Commitment.Span);
    }

    private static void Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> content, Span<byte> commitment)
    {
        // The salt has a fixed length, so no two pairs of salt and content make the same bytes.
        var length = salt.Length + content.Length;
        var bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        salt.CopyTo(bytes);
        content.CopyTo(bytes[salt.Length..]);
        SHA256.HashData(bytes, commitment);
    }

    private static void Chain(ReadOnlySpan<byte> before, long number, Guid id, long recordedAt, ReadOnlySpan<byte> commitment, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[HashBytes + 8 + 16 + 8 + HashBytes];
        if (before.Length != HashBytes || commitment.Length != HashBytes)
        {
            hash.Clear(); // no SHA-256 that anybody knows has this value: a stored hash of the wrong length never holds
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
