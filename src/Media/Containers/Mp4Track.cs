namespace Replays.Media.Containers;

/// <summary>The content of an MP4 track's boxes. All of several handlers or sample descriptions count.</summary>
internal sealed class Mp4Track
{
    private readonly HashSet<TrackKind> _handlers = [], _entries = [];

    public uint Id { get; set; }
    public bool HasSamples { get; set; }

    public bool IsEmpty => _entries.Count == 0 && !_handlers.Contains(TrackKind.Video);

    public TrackKind Kind =>
        _entries.Count == 1 && _handlers.SetEquals(_entries) && (HasSamples || _handlers.Contains(TrackKind.Other))
            ? _entries.Single()
            : TrackKind.Unclear;

    /// <summary>Ignores handlers that do not determine the kind, such as "url " and "mdir": QuickTime tracks have several.</summary>
    public void AddHandler(string handler)
    {
        TrackKind? kind = handler switch
        {
            "soun" => TrackKind.Audio,
            "vide" or "auxv" or "pict" => TrackKind.Video,
            "text" or "sbtl" or "subt" or "clcp" or "meta" or "hint" or "tmcd" => TrackKind.Other,
            _ => null,
        };
        if (kind is { } known)
            _handlers.Add(known);
    }

    /// <summary>Adds a sample description. Its size must be at least that of the fixed part of its kind.</summary>
    public void AddEntry(string code, long size) => _entries.Add(code switch
    {
        "mp4a" or "Opus" or "fLaC" or "alac" or "ac-3" or "ec-3" or ".mp3" or "ipcm" or "fpcm" when size >= 36 => TrackKind.Audio,
        "avc1" or "avc3" or "hvc1" or "hev1" or "vp08" or "vp09" or "av01" or "mp4v" when size >= 86 => TrackKind.Video,
        "text" or "tx3g" or "wvtt" or "stpp" or "sbtt" or "c608" or "c708" or "mett" or "metx" or "mebx" or "urim" or "tmcd" or "rtp "
            or "srtp" or "rrtp" => TrackKind.Other,
        _ => TrackKind.Unclear,
    });
}
