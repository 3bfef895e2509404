namespace Replays.Media.Containers;

/// <summary>What holds the tracks of a media stream, told by its first bytes, never by its declared type.</summary>
public enum MediaContainer
{
    /// <summary>None of those that are read here.</summary>
    Other = 0,

    /// <summary>It begins like one of them, but is damaged, hides something or is beyond the limits.</summary>
    Unreadable = 1,

    /// <summary>ISO base media (ISO/IEC 14496-12), fragmented or not.</summary>
    Mp4 = 2,

    /// <summary>Matroska whose document type says <c>webm</c>.</summary>
    WebM = 3,

    /// <summary>Matroska (RFC 9559).</summary>
    Matroska = 4,
}
