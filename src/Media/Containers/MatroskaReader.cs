namespace Replays.Media.Containers;

/// <summary>
/// Reads the tracks of Matroska and WebM (RFC 8794, RFC 9559): every segment of a chain and every Tracks element, including those that only
/// a SeekHead references, because players follow it. Only known elements are accepted at the top levels: at others, players search the
/// following bytes for Tracks. Segments and clusters may have unknown sizes, as live recorders write them.
/// </summary>
internal sealed class MatroskaReader(ByteWindow window)
{
    private const uint Header = 0x1A45DFA3, DocType = 0x4282, Segment = 0x18538067, Void = EbmlReader.Void, Crc = EbmlReader.Crc;
    private const uint SeekHead = 0x114D9B74, Seek = 0x4DBB, SeekPosition = 0x53AC;
    private const uint Info = 0x1549A966, Cues = 0x1C53BB6B, Chapters = 0x1043A770, Tags = 0x1254C367, Attachments = 0x1941A469;
    private const uint Tracks = 0x1654AE6B, TrackEntry = 0xAE, TrackNumber = 0xD7, TrackType = 0x83, CodecId = 0x86, Video = 0xE0;
    private const uint Encodings = 0x6D80;
    private const uint Cluster = 0x1F43B675, BlockGroup = 0xA0, Block = 0xA1, SimpleBlock = 0xA3;
    private const uint Timestamp = 0xE7, SilentTracks = 0x5854, Position = 0xA7, PreviousSize = 0xAB, EncryptedBlock = 0xAF;

    private const int MaxTracks = 256, MaxSeeks = 1024;
    private const long MaxSearchedBytes = 16 << 20;

    /// <summary>Limit for clusters of known size: enough to meet every track that has blocks.</summary>
    private const int MaxBlocks = 4096;

    private static readonly byte[][] TracksId = [[0x16, 0x54, 0xAE, 0x6B]], EncryptionId = [[0x50, 0x35]];

    private readonly EbmlReader _ebml = new(window);
    private readonly List<MatroskaTrack> _tracks = [];
    private readonly HashSet<ulong> _tracksWithBlocks = [];
    private readonly HashSet<long> _visited = [];
    private readonly List<long> _seekTargets = [];
    private int _blockCount;
    private MediaContainer _container = MediaContainer.Unreadable;

    public static ReadOnlySpan<byte> Signature => [0x1A, 0x45, 0xDF, 0xA3];

    public async ValueTask<MediaTracks> Read() => await ReadFile() && _container != MediaContainer.Unreadable
        ? MediaTracks.Of(_container, [.. _tracks.Select(track => track.Kind(_tracksWithBlocks.Contains(track.Number)))])
        : new(MediaContainer.Unreadable);

    private async ValueTask<bool> ReadFile()
    {
        // A segment must directly follow its header: players search anything between them for Tracks, even padding.
        var (hasHeader, hasSegment) = (false, false);
        for (var at = 0L; at < _ebml.Length;)
        {
            if (await _ebml.ReadElement(at, _ebml.Length) is not { } element)
                return false;
            switch (element.Id)
            {
                case Header when !hasHeader && element.IsComplete && await ReadHeader(element):
                    (at, hasHeader) = (element.End, true);
                    break;
                case Void when !hasHeader && hasSegment && element.IsComplete && !await HidesTracks(element):
                    at = element.End;
                    break;
                case Segment when (hasHeader || hasSegment) && await ReadSegment(element) is { } end && await FollowSeeks():
                    (at, hasHeader, hasSegment) = (end, false, true);
                    break;
                default:
                    return false;
            }
        }

        return hasSegment;
    }

    private ValueTask<bool> ReadHeader(EbmlElement header) => _ebml.ReadChildren(header, async child =>
    {
        if (child.Id != DocType)
            return child.Id >> 8 == 0x42; // as the ids of all header elements
        var type = await _ebml.ReadText(child);
        if (_container != MediaContainer.Matroska)
            _container = type == "webm" ? MediaContainer.WebM : MediaContainer.Matroska;
        return type is "matroska" or "webm";
    });

    /// <summary>The end of the segment; null if it is unreadable.</summary>
    private async ValueTask<long?> ReadSegment(EbmlElement segment)
    {
        var at = segment.DataStart;
        while (at < segment.End)
        {
            if (await _ebml.ReadElement(at, segment.End) is not { } element)
                return EndIfTruncated(segment, at);
            switch (element.Id)
            {
                case Header or Segment when segment.HasUnknownSize:
                    return at;
                case Cluster:
                    if (await ReadCluster(element) is not { } end)
                        return null;
                    at = end;
                    continue;
                case SeekHead when element.IsComplete && await ReadSeekHead(element, segment.DataStart):
                case Tracks when element.IsComplete && await ReadTracks(element):
                case Info or Cues or Chapters or Tags or Attachments when element.IsComplete && !await HidesTracks(element):
                case Void or Crc when element.IsComplete:
                    at = element.End;
                    continue;
                default:
                    return null;
            }
        }

        return at;
    }

    private async ValueTask<long?> ReadCluster(EbmlElement cluster)
    {
        for (var at = cluster.DataStart; at < cluster.End;)
        {
            if (cluster.IsComplete && _blockCount >= MaxBlocks)
                return cluster.End;
            if (await _ebml.ReadElement(at, cluster.End) is not { } element)
                return EndIfTruncated(cluster, at);
            switch (element.Id)
            {
                case SimpleBlock or Block:
                    if (!await ReadBlock(element))
                        return null;
                    break;
                case BlockGroup when element.IsComplete:
                    if (!await _ebml.ReadChildren(element, child => child.Id == Block ? ReadBlock(child) : new(true)))
                        return null;
                    break;
                case BlockGroup or Timestamp or SilentTracks or Position or PreviousSize or EncryptedBlock or Void or Crc:
                    break;
                default:
                    // Only a top-level element, whose id has 4 bytes, ends a cluster of unknown size.
                    return cluster.HasUnknownSize && element.Id > 0x10000000 ? at : null;
            }

            // A live recording may break off within its last cluster.
            if (!element.IsComplete && (cluster.IsComplete || element.HasUnknownSize))
                return null;
            at = element.End;
        }

        return cluster.End;
    }

    /// <summary>The end of a parent that breaks off within the header of a child, where nothing can be hidden; else null.</summary>
    private static long? EndIfTruncated(EbmlElement parent, long at) =>
        !parent.IsComplete && parent.End - at < EbmlReader.MaxHeaderBytes ? parent.End : null;

    private async ValueTask<bool> ReadBlock(EbmlElement block)
    {
        _blockCount++;
        if (await _ebml.ReadLeadingNumber(block) is not { } track)
            return !block.IsComplete;
        if (_tracksWithBlocks.Count < MaxTracks)
            _tracksWithBlocks.Add(track);
        return true;
    }

    private async ValueTask<bool> ReadSeekHead(EbmlElement head, long origin) => _visited.Add(head.Start)
        && await _ebml.ReadChildren(head, seek => seek.Id != Seek ? new(true) : _ebml.ReadChildren(seek, async child =>
        {
            if (child.Id != SeekPosition)
                return true;
            var position = await _ebml.ReadNumber(child);
            if (position < (ulong)(_ebml.Length - origin))
                _seekTargets.Add(origin + (long)position);
            return _seekTargets.Count <= MaxSeeks;
        }));

    /// <summary>Follows all seek targets, whatever id their SeekHead gives them.</summary>
    private async ValueTask<bool> FollowSeeks()
    {
        foreach (var target in _seekTargets)
        {
            if (_visited.Contains(target) || await _ebml.ReadElement(target, _ebml.Length) is not { Id: Tracks or SeekHead } element)
                continue;
            // A SeekHead that only another SeekHead references has no legitimate use.
            if (element.Id == SeekHead || !element.IsComplete || !await ReadTracks(element))
                return false;
        }

        return true;
    }

    private async ValueTask<bool> ReadTracks(EbmlElement list) => _visited.Add(list.Start) && !await HidesTracks(list)
        && await _ebml.ReadChildren(list, async entry =>
    {
        if (entry.Id != TrackEntry)
            return entry.Id is Void or Crc;
        var track = new MatroskaTrack();
        _tracks.Add(track);
        return _tracks.Count <= MaxTracks && await _ebml.ReadChildren(entry, async child =>
        {
            switch (child.Id)
            {
                case TrackNumber:
                    track.Number = await _ebml.ReadNumber(child);
                    break;
                case TrackType:
                    track.AddType(await _ebml.ReadNumber(child));
                    break;
                case CodecId:
                    track.Codec = await _ebml.ReadText(child);
                    break;
                case Video:
                    track.HasVideo = true;
                    break;
                case Encodings:
                    track.IsEncrypted |= await _ebml.Contains(child, EncryptionId);
                    break;
            }

            return true;
        });
    });

    private async ValueTask<bool> HidesTracks(EbmlElement element) =>
        element.DataLength > MaxSearchedBytes || await _ebml.Contains(element, TracksId);
}
