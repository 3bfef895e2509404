using Replays.Grains.AuditTrail;

namespace Replays.Grains.Consultations;

/// <summary>A consultation's stored record, format version 1.</summary>
[GenerateSerializer, Immutable, Alias("replays.consultation-state")]
public sealed record ConsultationState
{
    public const string StateName = "consultation";

    /// <summary>The consultation's full name, compared by the record safeguard.</summary>
    [Id(0)] public string Owner { get; init; } = "";
    [Id(1)] public Booking? Booking { get; init; }
    [Id(2)] public ConsultationStatus Status { get; init; }
    [Id(3)] public ImmutableArray<ModeChange> Modes { get; init; } = [];
    [Id(4)] public Consent? Audio { get; init; }
    [Id(5)] public Consent? Video { get; init; }

    /// <summary>When the patient first joined the call with their own token.</summary>
    [Id(6)] public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>SHA-256 of the presence secrets, newest last.</summary>
    [Id(7)] public ImmutableArray<string> PresenceDigests { get; init; } = [];
    [Id(8)] public ImmutableArray<RecordingState> Recordings { get; init; } = [];
    [Id(9)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The wrong patient was in the call.</summary>
    [Id(10)] public bool WrongPatient { get; init; }

    /// <summary>Audit entries of changes in this record that may not be published yet.</summary>
    [Id(11)] public ImmutableArray<AuditEntry> Outbox { get; init; } = [];

    /// <summary>Withdrawals that may not have reached the patient's list yet.</summary>
    [Id(12)] public ImmutableArray<PendingWithdrawal> PendingWithdrawals { get; init; } = [];

    public ConsultationMode? Mode => Modes.IsEmpty ? null : Modes[^1].Mode;

    public Consent? ConsentFor(ConsultationMode mode) => mode switch
    {
        ConsultationMode.Audio => Audio,
        ConsultationMode.Video => Video,
        _ => null,
    };

    internal bool HasConsent(ConsultationMode mode) => ConsentFor(mode) is { Granted: true };

    internal ConsultationState WithConsent(ConsultationMode mode, Consent consent) =>
        mode is ConsultationMode.Audio ? this with { Audio = consent } : this with { Video = consent };

    internal RecordingState? Recording(int ordinal) => ordinal >= 1 && ordinal <= Recordings.Length ? Recordings[ordinal - 1] : null;

    internal ConsultationState WithRecording(RecordingState recording) =>
        this with { Recordings = Recordings.SetItem(recording.Ordinal - 1, recording) };

    internal ConsultationState CloseOpenRecording() => Change(r => r.Status is RecordingStatus.Open, RecordingStatus.Closed);

    /// <summary>Discards unsealed recordings of one mode, or of all modes.</summary>
    internal ConsultationState DiscardUnsealed(ConsultationMode? mode = null) =>
        Change(r => r.IsUnsealed && (mode is null || r.Mode == mode), RecordingStatus.Discarded);

    internal Consultation ToSnapshot(ConsultationId name) => new()
    {
        Name = name,
        Booking = Booking!,
        Status = Status,
        Mode = Mode,
        Audio = Audio,
        Video = Video,
        Modes = Modes,
        Recordings = [.. Recordings.Select(recording => recording.ToSnapshot(name))],
    };

    private ConsultationState Change(Func<RecordingState, bool> which, RecordingStatus status) =>
        Recordings.Any(which) ? this with { Recordings = [.. Recordings.Select(r => which(r) ? r with { Status = status } : r)] } : this;
}
