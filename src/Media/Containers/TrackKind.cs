namespace Replays.Media.Containers;

public enum TrackKind
{
    /// <summary>Nothing shows that it could not be pictures.</summary>
    Unclear,
    Audio,
    Video,

    /// <summary>Text or timed data.</summary>
    Other,
}
