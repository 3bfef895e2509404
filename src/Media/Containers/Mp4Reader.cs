using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Replays.Media.Containers;

/// <summary>
/// Reads the tracks of ISO base media (ISO/IEC 14496-12). Players tolerate misplaced boxes: they accept a track anywhere, apply a handler
/// to the last track, and treat a <c>moov</c> renamed to <c>free</c> as a <c>moov</c>. The boxes of a track therefore count wherever they
/// are, and make the file unreadable where none belongs.
/// </summary>
internal sealed class Mp4Reader(ByteWindow window)
{
    private const int MaxDepth = 10, MaxTracks = 256, MaxEntries = 64;
    private const long MaxSearchedBytes = 16 << 20;

    private static readonly byte[][] TrackParts = ["moov"u8.ToArray(), "trak"u8.ToArray(), "stsd"u8.ToArray()];

    /// <summary>The first collects boxes outside any track.</summary>
    private readonly List<Mp4Track> _tracks = [new()];
    private readonly HashSet<uint> _tracksWithFragments = [];
    private uint _fragmentTrack;
    private bool _isFragmented;

    public async ValueTask<MediaTracks> Read()
    {
        if (!await ReadBoxes(0, window.Length, 0))
            return new(MediaContainer.Unreadable);
        foreach (var track in _tracks)
            track.HasSamples |= _tracksWithFragments.Contains(track.Id);
        return MediaTracks.Of(MediaContainer.Mp4, [.. _tracks.Skip(_tracks[0].IsEmpty ? 1 : 0).Select(track => track.Kind)]);
    }

    private async ValueTask<bool> ReadBoxes(long at, long end, int depth)
    {
        if (depth > MaxDepth)
            return false;
        // No player reads fewer than 8 bytes at the end as a box.
        while (end - at >= 8)
        {
            var head = await window.Read(at, 16);
            if (!window.TryStep() || head.Length < 8)
                return false;
            var type = Code(head, 4);
            var size = (ulong)ReadUInt32BigEndian(head.Span);
            var header = 8u;
            if (size == 1)
            {
                if (head.Length < 16)
                    return false;
                (size, header) = (ReadUInt64BigEndian(head.Span[8..]), 16);
            }
            else if (size == 0 && depth == 0)
            {
                size = (ulong)(end - at);
            }

            if (size < header)
                return false;
            if (size > (ulong)(end - at))
            {
                // Only a live recording may be truncated, within its last fragment.
                if (depth > 0 || type != "mdat" || !_isFragmented)
                    return false;
                size = (ulong)(end - at);
            }

            if (!await ReadBox(type, at + header, at + (long)size, depth))
                return false;
            at += (long)size;
        }

        return true;
    }

    private async ValueTask<bool> ReadBox(string type, long from, long to, int depth)
    {
        switch (type)
        {
            case "trak":
                _tracks.Add(new());
                return _tracks.Count <= MaxTracks && await ReadBoxes(from, to, depth + 1);
            case "moof":
                _isFragmented = true;
                return await ReadBoxes(from, to, depth + 1);
            case "moov" or "mdia" or "minf" or "stbl" or "traf":
                return await ReadBoxes(from, to, depth + 1);
            case "free" or "skip" or "hoov":
                return Code(await window.Read(from, Math.Min(8, to - from)), 4) is not ("mvhd" or "cmov")
                    || await ReadBoxes(from, to, depth + 1);
            case "cmov":
                return false; // A compressed moov, from QuickTime: players inflate it.
            case "udta" or "meta" or "ilst" or "edts" or "dinf" or "tref" or "mvex" or "wave" or "iprp" or "tapt" or "gmhd":
                return to - from <= MaxSearchedBytes && !await window.Contains(from, to, TrackParts);
            case "hdlr":
                var handler = Code(await window.Read(from, Math.Min(12, to - from)), 8);
                _tracks[^1].AddHandler(handler);
                return handler.Length > 0;
            case "stsd":
                return await ReadSampleDescriptions(from, to);
            case "stsz" or "stz2":
                return await ReadNumber(from + 8, to, count => _tracks[^1].HasSamples |= count > 0);
            case "tkhd":
                var version = await window.Read(from, 1);
                return await ReadNumber(from + (version.Length == 1 && version.Span[0] == 1 ? 20 : 12), to, id => _tracks[^1].Id = id);
            case "tfhd":
                return await ReadNumber(from + 4, to, id => _fragmentTrack = id);
            case "trun":
                return await ReadNumber(from + 4, to, count =>
                {
                    if (count > 0 && _tracksWithFragments.Count < MaxTracks)
                        _tracksWithFragments.Add(_fragmentTrack);
                });
            default:
                return true;
        }
    }

    private async ValueTask<bool> ReadSampleDescriptions(long from, long to)
    {
        uint count = 0;
        if (!await ReadNumber(from + 4, to, read => count = read) || count > MaxEntries)
            return false;
        for (var at = from + 8; count > 0; count--)
        {
            var head = await window.Read(at, Math.Min(8, to - at));
            if (!window.TryStep() || head.Length < 8)
                return false;
            var code = Code(head, 4);
            var size = ReadUInt32BigEndian(head.Span);
            if (size < 16 || size > to - at || size > MaxSearchedBytes || await window.Contains(at + 8, at + size, TrackParts))
                return false;
            _tracks[^1].AddEntry(code, size);
            at += size;
        }

        return true;
    }

    private async ValueTask<bool> ReadNumber(long at, long to, Action<uint> use)
    {
        var bytes = await window.Read(at, Math.Min(4, to - at));
        if (bytes.Length < 4)
            return false;
        use(ReadUInt32BigEndian(bytes.Span));
        return true;
    }

    private static string Code(ReadOnlyMemory<byte> bytes, int at) =>
        bytes.Length < at + 4 ? "" : Encoding.Latin1.GetString(bytes.Span.Slice(at, 4));
}
