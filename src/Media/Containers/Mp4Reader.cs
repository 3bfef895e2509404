using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Replays.Media.Containers;

/// <summary>
/// Reads ISO base media (ISO/IEC 14496-12) down to its tracks. Players forgive misplaced boxes: they take a track wherever it stands, a
/// handler for the track last seen, and a <c>moov</c> that was renamed to <c>free</c> for a <c>moov</c>. So the boxes that make a track
/// count here wherever they are met, and where none belongs they make the file unreadable.
/// </summary>
public sealed class Mp4Reader(ByteWindow window)
{
    const int MaxDepth = 10;
    const int MaxTracks = 256;
    const int MaxEntries = 64;
    const long MaxSearched = 16 << 20;

    static readonly byte[][] TrackParts = ["moov"u8.ToArray(), "trak"u8.ToArray(), "stsd"u8.ToArray()];

    /// <summary>The first stands for whatever is outside of any track.</summary>
    readonly List<Mp4Track> tracks = [new()];
    readonly HashSet<uint> sampledInFragments = [];
    uint fragmentOf;
    bool isFragmented;

    public async ValueTask<MediaTracks> ReadAsync()
    {
        if (!await BoxesAsync(0, window.Length, 0))
            return new(MediaContainer.Unreadable);
        foreach (var track in tracks)
            track.HasSamples |= sampledInFragments.Contains(track.Id);
        return MediaTracks.Of(MediaContainer.Mp4, [.. tracks.Skip(tracks[0].IsEmpty ? 1 : 0).Select(track => track.Kind)]);
    }

    async ValueTask<bool> BoxesAsync(long at, long end, int depth)
    {
        if (depth > MaxDepth)
            return false;
        // Fewer than 8 bytes at the end are no box to anybody.
        while (end - at >= 8)
        {
            var head = await window.At(at, 16);
            if (!window.Step() || head.Length < 8)
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
                // A live recording may break off within its last fragment; anything else that is cut short is damaged.
                if (depth > 0 || type != "mdat" || !isFragmented)
                    return false;
                size = (ulong)(end - at);
            }

            if (!await BoxAsync(type, at + header, at + (long)size, depth))
                return false;
            at += (long)size;
        }

        return true;
    }

    async ValueTask<bool> BoxAsync(string type, long from, long to, int depth)
    {
        switch (type)
        {
            case "trak":
                tracks.Add(new());
                return tracks.Count <= MaxTracks && await BoxesAsync(from, to, depth + 1);
            case "moof":
                isFragmented = true;
                return await BoxesAsync(from, to, depth + 1);
            case "moov" or "mdia" or "minf" or "stbl" or "traf":
                return await BoxesAsync(from, to, depth + 1);
            case "free" or "skip" or "hoov":
                return Code(await window.At(from, Math.Min(8, to - from)), 4) is not ("mvhd" or "cmov")
                    || await BoxesAsync(from, to, depth + 1);
            case "cmov":
                return false; // A compressed moov: QuickTime only, and players inflate it.
            case "udta" or "meta" or "ilst" or "edts" or "dinf" or "tref" or "mvex" or "wave" or "iprp" or "tapt" or "gmhd":
                return to - from <= MaxSearched && !await window.HoldsAsync(from, to, TrackParts);
            case "hdlr":
                var handler = Code(await window.At(from, Math.Min(12, to - from)), 8);
                tracks[^1].AddHandler(handler);
                return handler.Length > 0;
            case "stsd":
                return await SampleDescriptionsAsync(from, to);
            case "stsz" or "stz2":
                return await NumberAsync(from + 8, to, count => tracks[^1].HasSamples |= count > 0);
            case "tkhd":
                var version = await window.At(from, 1);
                return await NumberAsync(from + (version.Length == 1 && version.Span[0] == 1 ? 20 : 12), to, id => tracks[^1].Id = id);
            case "tfhd":
                return await NumberAsync(from + 4, to, id => fragmentOf = id);
            case "trun":
                return await NumberAsync(from + 4, to, count =>
                {
                    if (count > 0 && sampledInFragments.Count < MaxTracks)
                        sampledInFragments.Add(fragmentOf);
                });
            default:
                return true;
        }
    }

    async ValueTask<bool> SampleDescriptionsAsync(long from, long to)
    {
        uint count = 0;
        if (!await NumberAsync(from + 4, to, read => count = read) || count > MaxEntries)
            return false;
        for (var at = from + 8; count > 0; count--)
        {
            var head = await window.At(at, Math.Min(8, to - at));
            if (!window.Step() || head.Length < 8)
                return false;
            var code = Code(head, 4);
            var size = ReadUInt32BigEndian(head.Span);
            if (size < 16 || size > to - at || size > MaxSearched || await window.HoldsAsync(at + 8, at + size, TrackParts))
                return false;
            tracks[^1].AddEntry(code, size);
            at += size;
        }

        return true;
    }

    async ValueTask<bool> NumberAsync(long at, long to, Action<uint> take)
    {
        var bytes = await window.At(at, Math.Min(4, to - at));
        if (bytes.Length < 4)
            return false;
        take(ReadUInt32BigEndian(bytes.Span));
        return true;
    }

    static string Code(ReadOnlyMemory<byte> bytes, int at) =>
        bytes.Length < at + 4 ? "" : Encoding.Latin1.GetString(bytes.Span.Slice(at, 4));
}
