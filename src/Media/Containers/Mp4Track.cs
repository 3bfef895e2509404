namespace Replays.Media.Containers;

/// <summary>What the boxes of one MP4 track say. Several handlers or sample descriptions in one track are all believed.</summary>
public sealed class Mp4Track
{
    readonly HashSet<TrackKind> handlers = [];
    readonly HashSet<TrackKind> entries = [];

    public uint Id { get; set; }

    public bool HasSamples { get; set; }

    public bool IsEmpty => entries.Count == 0 && !handlers.Contains(TrackKind.Video);

    public TrackKind Kind =>
        entries.Count == 1 && handlers.SetEquals(entries) && (HasSamples || handlers.Contains(TrackKind.Other))
            ? entries.Single()
            : TrackKind.Unclear;

    /// <summary>Handlers that say nothing of the medium ("url ", "mdir") are left out: QuickTime files have several in a track.</summary>
    public void AddHandler(string handler)
    {
        switch (handler)
        {
            case "soun":
                handlers.Add(TrackKind.Audio);
                break;
            case "vide" or "auxv" or "pict":
                handlers.Add(TrackKind.Video);
                break;
            case "text" or "sbtl" or "subt" or "clcp" or "meta" or "hint" or "tmcd":
                handlers.Add(TrackKind.Other);
                break;
        }
    }

    /// <summary>A sample description by its code, and its size, which is at least that of the fixed part of its kind.</summary>
    public void AddEntry(string code, long size) => entries.Add(code switch
    {
        "mp4a" or "Opus" or "fLaC" or "alac" or "ac-3" or "ec-3" or ".mp3" or "ipcm" or "fpcm" when size >= 36 => TrackKind.Audio,
        "avc1" or "avc3" or "hvc1" or "hev1" or "vp08" or "vp09" or "av01" or "mp4v" when size >= 86 => TrackKind.Video,
        "text" or "tx3g" or "wvtt" or "stpp" or "sbtt" or "c608" or "c708" or "mett" or "metx" or "mebx" or "urim" or "tmcd" or "rtp "
            or "srtp" or "rrtp" => TrackKind.Other,
        _ => TrackKind.Unclear,
    });
}
