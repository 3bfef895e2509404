using System.Collections.Immutable;
using Replays.Grains.AuditTrail;

namespace Replays.Grains.Consultations;

/// <summary>A consultation's stored record, format version 1.</summary>
[GenerateSerializer, Immutable, Alias("replays.consultation-state")]
public sealed record ConsultationState
{
    public const string StateName = "consultation";

    /// <summary>The consultation's full name: what the record lock compares.</summary>
    [Id(0)]
    public string Owner { get; init; } = "";

    [Id(1)]
    public Booking? Booking { get; init; }

    [Id(2)]
    public ConsultationStatus Status { get; init; }

    [Id(3)]
    public ImmutableArray<ModeChange> Modes { get; init; } = [];

    [Id(4)]
    public Consent? Audio { get; init; }

    [Id(5)]
    public Consent? Video { get; init; }

    /// <summary>When the patient first joined, by their own token, while in progress.</summary>
    [Id(6)]
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>SHA-256 of the presence secrets given out, the newest last.</summary>
    [Id(7)]
    public ImmutableArray<string> PresenceDigests { get; init; } = [];

    [Id(8)]
    public ImmutableArray<RecordingState> Recordings { get; init; } = [];

    [Id(9)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>It turned out that the wrong patient was in the call.</summary>
    [Id(10)]
    public bool WrongPatient { get; init; }

    /// <summary>Audit entries of changes in this record that the trail may not have yet.</summary>
    [Id(11)]
    public ImmutableArray<AuditEntry> Outbox { get; init; } = [];

    /// <summary>Replays still to be taken back from the participant's list.</summary>
    [Id(12)]
    public ImmutableArray<PendingWithdrawal> PendingWithdrawals { get; init; } = [];

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

    /// <summary>Closes the recording under way, if there is one.</summary>
    internal ConsultationState CloseOpenRecording() => Change(r => r.Status is RecordingStatus.Open, RecordingStatus.Closed);

    /// <summary>Discards what is not sealed, in one mode or in all.</summary>
    internal ConsultationState DiscardUnsealed(ConsultationMode? mode = null) =>
        Change(r => r.IsUnsealed && (mode is null || r.Mode == mode), RecordingStatus.Discarded);

    private ConsultationState Change(Func<RecordingState, bool> which, RecordingStatus status) =>
        this with { Recordings = [.. Recordings.Select(r => which(r) ? r with { Status = status } : r)] };
}

/// <summary>A recording in its consultation's record.</summary>
[GenerateSerializer, Immutable, Alias("replays.recording-state")]
public sealed record RecordingState
{
    /// <summary>From 1, in the order of opening.</summary>
    [Id(0)]
    public required int Ordinal { get; init; }

    [Id(1)]
    public required ConsultationMode Mode { get; init; }

    [Id(2)]
    public required RecordingStatus Status { get; init; }

    [Id(3)]
    public required DateTimeOffset StartedAt { get; init; }

    [Id(4)]
    public required string ContentType { get; init; }

    [Id(5)]
    public long? Length { get; init; }

    [Id(6)]
    public required string UploadToken { get; init; }

    [Id(7)]
    public required string ObjectKey { get; init; }

    [Id(8)]
    public required byte[] WrappedKey { get; init; }

    [Id(9)]
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>What was sealed, or, while not yet available, what is verified and still to be delivered.</summary>
    [Id(10)]
    public VerifiedMedia? Sealed { get; init; }

    internal bool IsUnsealed => Status is RecordingStatus.Open or RecordingStatus.Closed;

    internal bool AwaitsDelivery => Status is RecordingStatus.Closed && Sealed is not null;
}

/// <summary>What is still to be taken back, and why.</summary>
[GenerateSerializer, Immutable, Alias("replays.pending-withdrawal")]
public sealed record PendingWithdrawal([property: Id(0)] ConsultationMode? Mode, [property: Id(1)] string Reason, [property: Id(2)] Actor By);
