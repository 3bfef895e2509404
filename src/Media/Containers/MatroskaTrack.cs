namespace Replays.Media.Containers;

/// <summary>What one Matroska TrackEntry says (RFC 9559, 5.1.4).</summary>
public sealed class MatroskaTrack
{
    readonly HashSet<ulong> types = [];

    public ulong Number { get; set; }

    public string Codec { get; set; } = "";

    public bool HasVideo { get; set; }

    public bool IsEncrypted { get; set; }

    public void AddType(ulong type) => types.Add(type);

    /// <summary>Bitmap subtitles, logos, buttons and "complex" tracks are pictures as far as anybody can tell.</summary>
    public TrackKind Kind(bool hasBlocks) => types.Count != 1 || IsEncrypted ? TrackKind.Unclear : (types.Single(), Codec) switch
    {
        (1, ['V', '_', ..]) when HasVideo && hasBlocks => TrackKind.Video,
        (2, ['A', '_', ..]) when !HasVideo && hasBlocks => TrackKind.Audio,
        (17 or 33, var codec) when !HasVideo && (codec.StartsWith("S_TEXT/", StringComparison.Ordinal)
            || codec.StartsWith("D_WEBVTT/", StringComparison.Ordinal)) => TrackKind.Other,
        _ => TrackKind.Unclear,
    };
}
