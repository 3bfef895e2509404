using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Replays.Media.Containers;

/// <summary>
/// Reads Matroska and WebM (RFC 8794, RFC 9559) down to their tracks: every segment of a chain, every Tracks element, also those that
/// only a SeekHead points at, for players jump there. At the top only elements that are known may stand: at others players give up and
/// search the bytes for the next Tracks. Sizes may be unknown where live recorders leave them so: of segments and clusters.
/// </summary>
public sealed class MatroskaReader(ByteWindow window)
{
    const uint Header = 0x1A45DFA3, DocType = 0x4282, Segment = 0x18538067, Void = 0xEC, Crc = 0xBF;
    const uint SeekHead = 0x114D9B74, Seek = 0x4DBB, SeekPosition = 0x53AC;
    const uint Info = 0x1549A966, Cues = 0x1C53BB6B, Chapters = 0x1043A770, Tags = 0x1254C367, Attachments = 0x1941A469;
    const uint Tracks = 0x1654AE6B, TrackEntry = 0xAE, TrackNumber = 0xD7, TrackType = 0x83, CodecId = 0x86, Video = 0xE0;
    const uint Encodings = 0x6D80;
    const uint Cluster = 0x1F43B675, BlockGroup = 0xA0, Block = 0xA1, SimpleBlock = 0xA3;

    const int MaxTracks = 256;
    const int MaxSeeks = 1024;
    const long MaxSearched = 16 << 20;

    /// <summary>In clusters of known size, blocks are looked at up to this many: enough to meet every track that has some.</summary>
    const int MaxBlocks = 4096;

    /// <summary>No element that is broken off with so few bytes left can hide anything.</summary>
    const int LongestHeader = 12;

    static readonly byte[][] TracksId = [[0x16, 0x54, 0xAE, 0x6B]];
    static readonly byte[][] EncryptionId = [[0x50, 0x35]];

    readonly List<MatroskaTrack> tracks = [];
    readonly HashSet<ulong> sampled = [];
    readonly HashSet<long> seen = [];
    readonly List<long> seeks = [];
    int blocks;
    MediaContainer container = MediaContainer.Unreadable;

    public static ReadOnlySpan<byte> Signature => [0x1A, 0x45, 0xDF, 0xA3];

    public async ValueTask<MediaTracks> ReadAsync() => await FileAsync() && container != MediaContainer.Unreadable
        ? MediaTracks.Of(container, [.. tracks.Select(track => track.Kind(sampled.Contains(track.Number)))])
        : new(MediaContainer.Unreadable);

    async ValueTask<bool> FileAsync()
    {
        // A segment follows its header at once: players search whatever else stands between for Tracks, were it padding.
        var (isHeaded, hasSegment) = (false, false);
        for (var at = 0L; at < window.Length;)
        {
            if (await ElementAsync(at, window.Length) is not { } element)
                return false;
            switch (element.Id)
            {
                case Header when !isHeaded && element.IsWhole && await HeaderAsync(element):
                    (at, isHeaded) = (element.To, true);
                    break;
                case Void when !isHeaded && hasSegment && element.IsWhole && !await HidesTracksAsync(element):
                    at = element.To;
                    break;
                case Segment when (isHeaded || hasSegment) && await SegmentAsync(element) is { } end && await SeeksAsync():
                    (at, isHeaded, hasSegment) = (end, false, true);
                    break;
                default:
                    return false;
            }
        }

        return hasSegment;
    }

    ValueTask<bool> HeaderAsync(Element header) => ChildrenAsync(header, async child =>
    {
        if (child.Id != DocType)
            return child.Id >> 8 == 0x42; // as all that a header may hold
        var type = await TextAsync(child);
        if (container != MediaContainer.Matroska)
            container = type == "webm" ? MediaContainer.WebM : MediaContainer.Matroska;
        return type is "matroska" or "webm";
    });

    /// <summary>Where the segment ends; null if it cannot be read.</summary>
    async ValueTask<long?> SegmentAsync(Element segment)
    {
        var at = segment.From;
        while (at < segment.To)
        {
            if (await ElementAsync(at, segment.To) is not { } element)
                return !segment.IsWhole && segment.To - at < LongestHeader ? segment.To : null;
            switch (element.Id)
            {
                case Header or Segment when segment.IsUnsized:
                    return at;
                case Cluster:
                    if (await ClusterAsync(element) is not { } end)
                        return null;
                    at = end;
                    continue;
                case SeekHead when element.IsWhole && await SeekHeadAsync(element, segment.From):
                case Tracks when element.IsWhole && await TracksAsync(element):
                case Info or Cues or Chapters or Tags or Attachments when element.IsWhole && !await HidesTracksAsync(element):
                case Void or Crc when element.IsWhole:
                    at = element.To;
                    continue;
                default:
                    return null;
            }
        }

        return at;
    }

    async ValueTask<long?> ClusterAsync(Element cluster)
    {
        for (var at = cluster.From; at < cluster.To;)
        {
            if (cluster.IsWhole && blocks >= MaxBlocks)
                return cluster.To;
            if (await ElementAsync(at, cluster.To) is not { } element)
                return !cluster.IsWhole && cluster.To - at < LongestHeader ? cluster.To : null;
            switch (element.Id)
            {
                case SimpleBlock or Block:
                    if (!await BlockAsync(element))
                        return null;
                    break;
                case BlockGroup when element.IsWhole:
                    if (!await ChildrenAsync(element, child => child.Id == Block ? BlockAsync(child) : new(true)))
                        return null;
                    break;
                case BlockGroup or 0xE7 or 0x5854 or 0xA7 or 0xAB or 0xAF or Void or Crc: // the rest of what a cluster may hold
                    break;
                default:
                    // Only what stands above clusters ends one of unknown size.
                    return cluster.IsUnsized && element.Id > 0x10000000 ? at : null;
            }

            // A live recording may break off within its last cluster.
            if (!element.IsWhole && (cluster.IsWhole || element.IsUnsized))
                return null;
            at = element.To;
        }

        return cluster.To;
    }

    async ValueTask<bool> BlockAsync(Element block)
    {
        blocks++;
        var bytes = await window.At(block.From, Math.Min(8, block.To - block.From));
        if (Number(bytes.Span, 8, keepMarker: false, out var track) == 0)
            return !block.IsWhole;
        if (sampled.Count < MaxTracks)
            sampled.Add(track);
        return true;
    }

    async ValueTask<bool> SeekHeadAsync(Element head, long origin) => seen.Add(head.At) && await ChildrenAsync(head, seek =>
        seek.Id != Seek ? new(true) : ChildrenAsync(seek, async child =>
        {
            if (child.Id != SeekPosition)
                return true;
            var position = await NumberAsync(child);
            if (position < (ulong)(window.Length - origin))
                seeks.Add(origin + (long)position);
            return seeks.Count <= MaxSeeks;
        }));

    /// <summary>Follows what SeekHeads point at, whatever they call it; a SeekHead found there may add to the list.</summary>
    async ValueTask<bool> SeeksAsync()
    {
        for (var i = 0; i < seeks.Count; i++)
        {
            if (seen.Contains(seeks[i]) || await ElementAsync(seeks[i], window.Length) is not { Id: Tracks or SeekHead } element)
                continue;
            // A SeekHead in a hidden place has no honest use.
            if (element.Id == SeekHead || !element.IsWhole || !await TracksAsync(element))
                return false;
        }

        return true;
    }

    async ValueTask<bool> TracksAsync(Element list) => seen.Add(list.At) && !await HidesTracksAsync(list)
        && await ChildrenAsync(list, async entry =>
    {
        if (entry.Id != TrackEntry)
            return entry.Id is Void or Crc;
        var track = new MatroskaTrack();
        tracks.Add(track);
        return tracks.Count <= MaxTracks && await ChildrenAsync(entry, async child =>
        {
            switch (child.Id)
            {
                case TrackNumber:
                    track.Number = await NumberAsync(child);
                    break;
                case TrackType:
                    track.AddType(await NumberAsync(child));
                    break;
                case CodecId:
                    track.Codec = await TextAsync(child);
                    break;
                case Video:
                    track.HasVideo = true;
                    break;
                case Encodings:
                    track.IsEncrypted |= await window.HoldsAsync(child.From, child.To, EncryptionId);
                    break;
            }

            return true;
        });
    });

    async ValueTask<bool> HidesTracksAsync(Element element) =>
        element.To - element.From > MaxSearched || await window.HoldsAsync(element.From, element.To, TracksId);

    async ValueTask<bool> ChildrenAsync(Element parent, Func<Element, ValueTask<bool>> read)
    {
        for (var at = parent.From; at < parent.To;)
        {
            if (await ElementAsync(at, parent.To) is not { IsWhole: true } child || !await read(child))
                return false;
            at = child.To;
        }

        return true;
    }

    async ValueTask<Element?> ElementAsync(long at, long end)
    {
        var head = await window.At(at, Math.Min(LongestHeader, end - at));
        if (!window.Step())
            return null;
        var idLength = Number(head.Span, 4, keepMarker: true, out var id);
        if (idLength == 0)
            return null;
        var sizeLength = Number(head.Span[idLength..], 8, keepMarker: false, out var size);
        if (sizeLength == 0)
            return null;
        var from = at + idLength + sizeLength;
        var isUnsized = size == (1UL << (7 * sizeLength)) - 1;
        var fits = !isUnsized && size <= (ulong)(end - from);
        // Players take a checksum for 4 bytes whatever its size says, and read on behind them.
        if (id == Crc && size != 4)
            return null;
        return new((uint)id, at, from, fits ? from + (long)size : end, isUnsized, fits);
    }

    async ValueTask<ulong> NumberAsync(Element element)
    {
        var bytes = await window.At(element.From, Math.Min(9, element.To - element.From));
        if (bytes.Length > 8)
            return ulong.MaxValue;
        Span<byte> number = stackalloc byte[8];
        bytes.Span.CopyTo(number[(8 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    async ValueTask<string> TextAsync(Element element)
    {
        var bytes = await window.At(element.From, Math.Min(64, element.To - element.From));
        return Encoding.Latin1.GetString(bytes.Span).TrimEnd('\0');
    }

    /// <summary>A variable-length number (RFC 8794, 4): how many bytes it takes, 0 if it is none.</summary>
    static int Number(ReadOnlySpan<byte> bytes, int longest, bool keepMarker, out ulong value)
    {
        value = 0;
        var length = bytes.IsEmpty ? 9 : BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (length > longest || length > bytes.Length)
            return 0;
        foreach (var one in bytes[..length])
            value = value << 8 | one;
        if (!keepMarker)
            value &= (1UL << (7 * length)) - 1;
        return length;
    }

    /// <summary>An element's place; what is unsized or reaches beyond its parent ends with it and is not whole.</summary>
    readonly record struct Element(uint Id, long At, long From, long To, bool IsUnsized, bool IsWhole);
}
