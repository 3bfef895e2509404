using System.Numerics;
using System.Text;
using Replays.Grains.AuditTrail;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// Reads a stored <see cref="TrailPage"/> where it lies, in the layout in which Orleans' serializer writes one whose entries all say something.
/// Any other layout is not read: the serializer does that.
/// </summary>
internal ref struct RawTrailPage(byte[] payload)
{
    // A tag is a wire type, and by how much the field's number is above that of the one before.
    private const byte Number = 0x00, Object = 0x20, Bytes = 0x40, End = 0xE0, EndOfBase = 0xE8;

    private const int GuidBytes = 16;

    private int _at;

    /// <param name="owner">Whose it is, by what it says.</param>
    /// <param name="number">Which it is, by what it says.</param>
    /// <param name="links">Is given the entries.</param>
    public bool TryRead(out string owner, out int number, List<RawChainedEntry> links)
    {
        links.Clear();
        (owner, number) = ("", 0);
        if (!Take(Object) || !Take(EndOfBase) || !TryBytes(0, out var name) || !TryNumber(1, out var page) || page is < 0 or > int.MaxValue)
            return false;
        (owner, number) = (Encoding.UTF8.GetString(name.Span), (int)page);
        // The field, the array in it, its length.
        if (!Take(Object + 1) || !Take(Object) || !Take(Number) || !TryVar(out var length))
            return false;
        for (var i = 0UL; i < length; i++)
        {
            if (!Take(i == 0 ? Object + 1 : Object) || !TryLink(links))
                return false;
        }
        return Take(End) && Take(End) && Take(End) && _at == payload.Length;
    }

    private bool TryLink(List<RawChainedEntry> links)
    {
        if (!Take(EndOfBase) || !TryBytes(0, out var id) || id.Length != GuidBytes || !TryNumber(1, out var at) || !TryBytes(1, out var commitment)
            || !TryBytes(1, out var hash) || !TryBytes(1, out var salt) || !TryBytes(1, out var content) || !Take(End))
            return false;
        links.Add(new(new Guid(id.Span), at, commitment, hash, salt, content));
        return true;
    }

    private bool TryBytes(int field, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!Take(Bytes + field) || !TryVar(out var length) || length > (ulong)(payload.Length - _at))
            return false;
        bytes = payload.AsMemory(_at, (int)length);
        _at += (int)length;
        return true;
    }

    private bool TryNumber(int field, out long number)
    {
        number = 0;
        if (!Take(Number + field) || !TryVar(out var folded))
            return false;
        number = (long)(folded >> 1) ^ -(long)(folded & 1);
        return true;
    }

    /// <summary>As many bytes as the first has zeros at its end, and one more.</summary>
    private bool TryVar(out ulong value)
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
