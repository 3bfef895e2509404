using System.Numerics;
using System.Text;
using Replays.Grains.AuditTrail;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Reads a serialized <see cref="TrailPage"/> without allocating it. Supports only the layout that Orleans' serializer writes if no entry
/// is blank; for any other layout the caller uses the serializer.
/// </summary>
internal ref struct RawTrailPage(byte[] payload)
{
    // A tag combines a wire type with the field id's increment over the previous field's.
    private const byte Number = 0x00, Object = 0x20, Bytes = 0x40, End = 0xE0, EndOfBase = 0xE8;

    private const int GuidBytes = 16;

    private int _at;

    public bool TryRead(out string owner, out int number, List<RawChainedEntry> entries)
    {
        entries.Clear();
        (owner, number) = ("", 0);
        if (!Take(Object) || !Take(EndOfBase) || !TryReadBytes(0, out var name) || !TryReadNumber(1, out var page)
            || page is < 0 or > int.MaxValue)
            return false;
        (owner, number) = (Encoding.UTF8.GetString(name.Span), (int)page);
        // The field, its array and the array's length.
        if (!Take(Object + 1) || !Take(Object) || !Take(Number) || !TryReadVarInt(out var length))
            return false;
        for (var i = 0UL; i < length; i++)
        {
            if (!Take(i == 0 ? Object + 1 : Object) || !TryReadEntry(entries))
                return false;
        }
        return Take(End) && Take(End) && Take(End) && _at == payload.Length;
    }

    private bool TryReadEntry(List<RawChainedEntry> entries)
    {
        if (!Take(EndOfBase) || !TryReadBytes(0, out var id) || id.Length != GuidBytes || !TryReadNumber(1, out var at)
            || !TryReadBytes(1, out var commitment) || !TryReadBytes(1, out var hash)
            || !TryReadBytes(1, out var salt) || !TryReadBytes(1, out var content) || !Take(End))
            return false;
        entries.Add(new(new Guid(id.Span), at, commitment, hash, salt, content));
        return true;
    }

    private bool TryReadBytes(int field, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!Take(Bytes + field) || !TryReadVarInt(out var length) || length > (ulong)(payload.Length - _at))
            return false;
        bytes = payload.AsMemory(_at, (int)length);
        _at += (int)length;
        return true;
    }

    private bool TryReadNumber(int field, out long number)
    {
        number = 0;
        if (!Take(Number + field) || !TryReadVarInt(out var zigZag))
            return false;
        number = (long)(zigZag >> 1) ^ -(long)(zigZag & 1);
        return true;
    }

    /// <summary>The number of trailing zeros in the first byte plus one is the length in bytes.</summary>
    private bool TryReadVarInt(out ulong value)
    {
        value = 0;
        if (_at == payload.Length)
            return false;
        var bytes = BitOperations.TrailingZeroCount((uint)payload[_at]) + 1;
        if (bytes > sizeof(ulong) || bytes > payload.Length - _at)
            return false;
        for (var i = 0; i < bytes; i++)
            value |= (ulong)payload[_at++] << (i * 8);
        value >>= bytes;
        return true;
    }

    private bool Take(int tag) => _at < payload.Length && payload[_at++] == tag;
}
