using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Replays.Media.Encryption;

/// <summary>
/// The durable state of an upload: which segments of the body count, under which keys, and the tail that does not fill a segment yet.
/// Encrypted as a whole under a key of its own, with a fresh salt every time; the store replaces it atomically.
/// </summary>
/// <param name="Length">Durable plaintext bytes, tail included.</param>
/// <param name="Runs">
/// The runs of segments, in order. A writer only appends to a run that it started itself, so bytes that an interrupted writer left on disk
/// are never followed by different bytes under the same key and nonce.
/// </param>
/// <param name="Tail">Plaintext of the last 0 to 65,536 bytes while they are not in the body; empty when finished.</param>
internal sealed record Checkpoint(UploadState State, long Length, IReadOnlyList<Run> Runs, ReadOnlyMemory<byte> Tail)
{
    private const int RunBytes = sizeof(uint) + MediaFormat.SaltBytes, FixedBytes = 1 + sizeof(long) + sizeof(uint);
    private const int HeaderBytes = 4 + MediaFormat.SaltBytes;

    private static ReadOnlySpan<byte> Magic => "RPM\u0001"u8;

    public static Checkpoint Empty { get; } = new(UploadState.Open, 0, [], default);

    /// <summary>Segments in the body.</summary>
    public long Segments =>
        State == UploadState.Finished ? MediaFormat.Segments(Length) : (Length - Tail.Length) / MediaFormat.SegmentBytes;

    public byte[] Encrypt(MediaObject media)
    {
        var plaintext = new byte[FixedBytes + Runs.Count * RunBytes + Tail.Length];
        plaintext[0] = (byte)State;
        BinaryPrimitives.WriteInt64BigEndian(plaintext.AsSpan(1), Length);
        BinaryPrimitives.WriteInt32BigEndian(plaintext.AsSpan(1 + sizeof(long)), Runs.Count);
        var rest = plaintext.AsSpan(FixedBytes);
        foreach (var run in Runs)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, checked((uint)run.First));
            run.Salt.Span.CopyTo(rest[sizeof(uint)..]);
            rest = rest[RunBytes..];
        }

        Tail.Span.CopyTo(rest);

        var bytes = new byte[HeaderBytes + plaintext.Length + MediaFormat.TagBytes];
        Magic.CopyTo(bytes);
        var salt = bytes.AsSpan(Magic.Length, MediaFormat.SaltBytes);
        RandomNumberGenerator.Fill(salt);
        using var cipher = MediaFormat.Checkpoint(media, salt);
        cipher.Encrypt(0, last: true, plaintext, bytes.AsSpan(HeaderBytes));
        CryptographicOperations.ZeroMemory(plaintext);
        return bytes;
    }

    /// <exception cref="MediaIntegrityException">It was not encrypted for this object.</exception>
    public static Checkpoint Decrypt(MediaObject media, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + FixedBytes + MediaFormat.TagBytes || !bytes.StartsWith(Magic))
            throw new MediaIntegrityException();

        var plaintext = new byte[bytes.Length - HeaderBytes - MediaFormat.TagBytes];
        using (var cipher = MediaFormat.Checkpoint(media, bytes.Slice(Magic.Length, MediaFormat.SaltBytes)))
            cipher.Decrypt(0, last: true, bytes[HeaderBytes..], plaintext);

        // The content is authenticated, so its structure needs no validation.
        var runs = new Run[BinaryPrimitives.ReadInt32BigEndian(plaintext.AsSpan(1 + sizeof(long)))];
        for (var i = 0; i < runs.Length; i++)
        {
            var at = FixedBytes + i * RunBytes;
            var first = BinaryPrimitives.ReadUInt32BigEndian(plaintext.AsSpan(at));
            runs[i] = new(first, plaintext.AsMemory(at + sizeof(uint), MediaFormat.SaltBytes));
        }

        return new(
            (UploadState)plaintext[0], BinaryPrimitives.ReadInt64BigEndian(plaintext.AsSpan(1)), runs,
            plaintext.AsMemory(FixedBytes + runs.Length * RunBytes));
    }
}
