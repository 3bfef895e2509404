using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Replays.Media.Containers;

/// <summary>Reads EBML elements (RFC 8794).</summary>
internal sealed class EbmlReader(ByteWindow window)
{
    public const uint Void = 0xEC, Crc = 0xBF;

    /// <summary>Bytes of the longest element header: an id of 4 and a size of 8.</summary>
    public const int MaxHeaderBytes = 12;

    public long Length => window.Length;

    /// <summary>The element at a position; null if it is invalid or a limit is reached.</summary>
    public async ValueTask<EbmlElement?> ReadElement(long at, long end)
    {
        var head = await window.Read(at, Math.Min(MaxHeaderBytes, end - at));
        if (!window.TryStep())
            return null;
        var idLength = ReadVariableLength(head.Span, 4, keepMarker: true, out var id);
        if (idLength == 0)
            return null;
        var sizeLength = ReadVariableLength(head.Span[idLength..], 8, keepMarker: false, out var size);
        if (sizeLength == 0)
            return null;
        // Players assume 4 bytes for a checksum, whatever its size field, and continue after them.
        if (id == Crc && size != 4)
            return null;
        var dataStart = at + idLength + sizeLength;
        var hasUnknownSize = size == (1UL << (7 * sizeLength)) - 1;
        var isComplete = !hasUnknownSize && size <= (ulong)(end - dataStart);
        return new((uint)id, at, dataStart, isComplete ? dataStart + (long)size : end, hasUnknownSize, isComplete);
    }

    /// <summary>Whether all children are complete and <paramref name="read"/> accepts each.</summary>
    public async ValueTask<bool> ReadChildren(EbmlElement parent, Func<EbmlElement, ValueTask<bool>> read)
    {
        for (var at = parent.DataStart; at < parent.End;)
        {
            if (await ReadElement(at, parent.End) is not { IsComplete: true } child || !await read(child))
                return false;
            at = child.End;
        }

        return true;
    }

    /// <summary>The element's unsigned integer; the maximum if it is too long.</summary>
    public async ValueTask<ulong> ReadNumber(EbmlElement element)
    {
        var bytes = await window.Read(element.DataStart, Math.Min(9, element.DataLength));
        if (bytes.Length > 8)
            return ulong.MaxValue;
        Span<byte> number = stackalloc byte[8];
        bytes.Span.CopyTo(number[(8 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    /// <summary>The variable-length number at the beginning of the element's data; null if it is invalid.</summary>
    public async ValueTask<ulong?> ReadLeadingNumber(EbmlElement element)
    {
        var bytes = await window.Read(element.DataStart, Math.Min(8, element.DataLength));
        return ReadVariableLength(bytes.Span, 8, keepMarker: false, out var number) == 0 ? null : number;
    }

    /// <summary>At most the first 64 characters.</summary>
    public async ValueTask<string> ReadText(EbmlElement element)
    {
        var bytes = await window.Read(element.DataStart, Math.Min(64, element.DataLength));
        return Encoding.Latin1.GetString(bytes.Span).TrimEnd('\0');
    }

    /// <summary>Whether the element's data contain one of these patterns; also true if they cannot be read completely.</summary>
    public ValueTask<bool> Contains(EbmlElement element, byte[][] patterns) => window.Contains(element.DataStart, element.End, patterns);

    /// <summary>Reads a variable-length number (RFC 8794, 4) and returns its length; 0 if it is invalid.</summary>
    private static int ReadVariableLength(ReadOnlySpan<byte> bytes, int maxLength, bool keepMarker, out ulong value)
    {
        value = 0;
        var length = bytes.IsEmpty ? 9 : BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (length > maxLength || length > bytes.Length)
            return 0;
        foreach (var one in bytes[..length])
            value = value << 8 | one;
        if (!keepMarker)
            value &= (1UL << (7 * length)) - 1;
        return length;
    }
}
