namespace Replays.Grains.Consultations;

/// <summary><c>Open → Closed → Available</c>, or <c>Discarded</c>.</summary>
[GenerateSerializer, Alias("replays.recording-status")]
public enum RecordingStatus
{
    /// <summary>Media are being captured.</summary>
    Open = 0,

    /// <summary>Nothing more is captured; the upload may finish.</summary>
    Closed = 1,

    /// <summary>Sealed and delivered to the patient.</summary>
    Available = 2,

    /// <summary>Never delivered. The media are deleted when the consultation settles.</summary>
    Discarded = 3,
}
