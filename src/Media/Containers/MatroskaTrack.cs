namespace Replays.Media.Containers;

/// <summary>The content of a Matroska TrackEntry (RFC 9559, 5.1.4).</summary>
internal sealed class MatroskaTrack
{
    private readonly HashSet<ulong> _types = [];

    public ulong Number { get; set; }
    public string Codec { get; set; } = "";
    public bool HasVideo { get; set; }
    public bool IsEncrypted { get; set; }

    public void AddType(ulong type) => _types.Add(type);

    /// <summary>Bitmap subtitles, logos, buttons and "complex" tracks may contain pictures and are therefore unclear.</summary>
    public TrackKind Kind(bool hasBlocks) => _types.Count != 1 || IsEncrypted ? TrackKind.Unclear : (_types.Single(), Codec) switch
    {
        (1, ['V', '_', ..]) when HasVideo && hasBlocks => TrackKind.Video,
        (2, ['A', '_', ..]) when !HasVideo && hasBlocks => TrackKind.Audio,
        (17 or 33, var codec) when !HasVideo && (codec.StartsWith("S_TEXT/", StringComparison.Ordinal)
            || codec.StartsWith("D_WEBVTT/", StringComparison.Ordinal)) => TrackKind.Other,
        _ => TrackKind.Unclear,
    };
}
