namespace Replays.Media.Containers;

internal enum TrackKind
{
    /// <summary>It may contain pictures.</summary>
    Unclear,
    Audio,
    Video,

    /// <summary>Text or timed data.</summary>
    Other,
}
