namespace Replays.Grains;

/// <summary>The rules that a deployment can configure, in section <c>Replays</c>.</summary>
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
        /// <summary>Recordings per consultation, 1 to 32. Default 32.</summary>
        public int MaxPerConsultation { get; init; } = 32;

        /// <summary>Bytes per recording. Default 8 GiB.</summary>
        public long MaxBytes { get; init; } = 8L << 30;

        /// <summary>How long uploads may continue after the call; then the consultation settles. Default 24 h, at most 30 days.</summary>
        public TimeSpan UploadDeadline { get; init; } = TimeSpan.FromHours(24);

        /// <summary>How long an upload may be idle before it is aborted; received bytes are kept. Default 30 s, at most 1 day.</summary>
        public TimeSpan UploadIdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

        /// <summary>How long a call may stay in one mode before it is ended as abandoned. Default 24 h, at most 7 days.</summary>
        public TimeSpan MaxCallDuration { get; init; } = TimeSpan.FromHours(24);
    }
}
