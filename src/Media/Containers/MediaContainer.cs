namespace Replays.Media.Containers;

/// <summary>The container format of a media stream, detected from its first bytes, never from its declared type.</summary>
public enum MediaContainer
{
    /// <summary>Not one of the formats below.</summary>
    Other = 0,

    /// <summary>One of the formats below, but damaged, with hidden content or beyond the limits.</summary>
    Unreadable = 1,

    /// <summary>ISO base media (ISO/IEC 14496-12), fragmented or not.</summary>
    Mp4 = 2,

    /// <summary>Matroska with document type <c>webm</c>.</summary>
    WebM = 3,

    /// <summary>Matroska (RFC 9559).</summary>
    Matroska = 4,
}
