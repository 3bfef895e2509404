namespace Replays.Media.Containers;

/// <summary>Whether a recording holds what was declared and consented to; all but <see cref="Ok"/> are <c>media-mismatch</c>.</summary>
public enum TrackCheckResult
{
    Ok = 0,

    /// <summary>The tracks cannot be read.</summary>
    Unreadable = 1,

    /// <summary>The container is not that of the content type.</summary>
    ContainerMismatch = 2,

    /// <summary>No readable track of the kind that the mode records.</summary>
    MissingTrack = 3,

    /// <summary>Video, or a track that may be video, where only audio is allowed.</summary>
    VideoInAudio = 4,
}
