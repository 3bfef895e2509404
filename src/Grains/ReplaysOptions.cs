namespace Replays.Grains;

/// <summary>What a deployment may set of the rules; section <c>Replays</c>.</summary>
public sealed class ReplaysOptions
{
    public const string Section = "Replays";

    public PresenceOptions Presence { get; init; } = new();

    public ConsentOptions Consent { get; init; } = new();

    public RecordingOptions Recordings { get; init; } = new();

    public sealed class PresenceOptions
    {
        /// <summary>Whether the recorder must show the secret that the patient's app brought into the room. Default false.</summary>
        public bool RequireProof { get; init; }
    }

    public sealed class ConsentOptions
    {
        /// <summary>Whether the app's backend may attest spoken consent. Default false.</summary>
        public bool AllowAttested { get; init; }
    }

    public sealed class RecordingOptions
    {
        /// <summary>Recordings a consultation. Default 32, 1 to 32.</summary>
        public int MaxPerConsultation { get; init; } = 32;

        /// <summary>Bytes a recording. Default 8 GiB.</summary>
        public long MaxBytes { get; init; } = 8L << 30;

        /// <summary>How long after the end open uploads may finish; then the consultation settles. Default 24 h, at most 30 days.</summary>
        public TimeSpan UploadDeadline { get; init; } = TimeSpan.FromHours(24);

        /// <summary>How long an upload's connection may bring nothing before it is given up; what arrived is kept. Default 30 s, at most a day.</summary>
        public TimeSpan UploadIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

        /// <summary>How long a call may stay in one mode before it counts as abandoned and is ended. Default 24 h, at most 7 days.</summary>
        public TimeSpan MaxCallDuration { get; init; } = TimeSpan.FromHours(24);
    }
}
