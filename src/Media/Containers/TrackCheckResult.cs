namespace Replays.Media.Containers;

/// <summary>
/// Whether what is in a recording is what was declared and consented to; everything but <see cref="Ok"/> is a <c>media-mismatch</c>.
/// </summary>
public enum TrackCheckResult
{
    Ok = 0,

    /// <summary>The container cannot be read to its tracks.</summary>
    Unreadable = 1,

    /// <summary>The container is another one than the content type says.</summary>
    OtherContainer = 2,

    /// <summary>No readable track of the kind that the mode records.</summary>
    NoTrackOfItsKind = 3,

    /// <summary>Pictures, or a track that cannot be told from pictures, where only sound was consented to.</summary>
    VideoInAudio = 4,
}
