namespace Replays.Grains.Consultations;

/// <summary><c>Open → Closed → Available</c>, or <c>Discarded</c>.</summary>
[GenerateSerializer, Alias("replays.recording-status")]
public enum RecordingStatus
{
    /// <summary>Being captured.</summary>
    Open = 0,

    /// <summary>No more is captured; it may finish uploading.</summary>
    Closed = 1,

    /// <summary>Sealed, and delivered to its participant.</summary>
    Available = 2,

    /// <summary>Never to be delivered. Its bytes go when the consultation settles.</summary>
    Discarded = 3,
}
