using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;

namespace Replays.Grains.Consultations;

internal partial class ConsultationRules
{
    public virtual RecordingState? FindByIdempotencyKey(ConsultationState state, IdempotencyKey key, DateTimeOffset now) =>
        state.Recordings.LastOrDefault(r => r.IdempotencyKey?.Key == key.Key && now - r.StartedAt < IdempotencyKey.Lifetime);

    /// <summary>Decides whether a recording may be opened, and what must happen before its data key is created.</summary>
    public virtual Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request)
    {
        if (ValidateOpen(state, request) is var error and not ErrorCode.None)
            return Reject(state, error);
        if (PresenceSafeguard.Check(enabled, state, request.Presence, Options.Presence.RequireProof) is { } denial)
            return Reject(state, ErrorCode.PresenceRequired, denial);
        if (state.Recordings.Any(r => r.Status is RecordingStatus.Open))
            return Reject(state, ErrorCode.RecordingOpen);
        if (state.Recordings.Length >= Options.Recordings.MaxPerConsultation)
            return Reject(state, ErrorCode.LimitReached);
        return new(state)
        {
            // Before media are accepted, the ledger knows the consultation is in progress and the reminder that settles it is registered.
            Before = state.Recordings.IsEmpty ? [new ReportStatus(state.Status), new RegisterReminder()] : [new ReportStatus(state.Status)],
        };
    }

    /// <summary>Opens a recording in the current mode, once <see cref="PrepareRecording"/> has accepted the request.</summary>
    public virtual Decision<ConsultationState> OpenRecording(
        ConsultationState state, OpenRecordingRequest request, CreatedMedia created, Actor by, DateTimeOffset now)
    {
        var recording = new RecordingState
        {
            Ordinal = state.Recordings.Length + 1,
            Mode = state.Mode!.Value,
            Status = RecordingStatus.Open,
            StartedAt = now,
            ContentType = request.ContentType,
            Length = request.Length,
            UploadToken = created.UploadToken,
            ObjectKey = created.ObjectKey,
            WrappedKey = created.WrappedKey,
            IdempotencyKey = request.IdempotencyKey,
        };
        return new(state with { Recordings = state.Recordings.Add(recording) })
        {
            Audit = [Fact(state, "recording.opened", by, Format(recording.Mode), recording.Ordinal)],
        };
    }

    public virtual Decision<ConsultationState> CloseRecording(ConsultationState state, int ordinal) => state.Recording(ordinal) switch
    {
        null => Reject(state, ErrorCode.NotFound),
        { Status: RecordingStatus.Discarded } => Reject(state, ErrorCode.InvalidTransition),
        { Status: RecordingStatus.Open } open => new(state.WithRecording(open with { Status = RecordingStatus.Closed })),
        _ => new(state),
    };

    /// <summary>Gives up a recording that is not sealed. Its media are deleted when the consultation settles.</summary>
    public virtual Decision<ConsultationState> DiscardRecording(Reconciled reconciled, int ordinal, Actor by)
    {
        var state = reconciled.State;
        return state.Recording(ordinal) switch
        {
            null => Reject(state, ErrorCode.NotFound),
            { Status: RecordingStatus.Available } => Reject(state, ErrorCode.InvalidTransition),
            { Status: RecordingStatus.Discarded } => new(state),
            { } recording => new(state.WithRecording(recording with { Status = RecordingStatus.Discarded }))
            {
                Audit = [Fact(state, "recording.discarded", by, ordinal: ordinal)],
            },
        };
    }

    /// <summary>Declares an upload's length, once. Repeating the same length is accepted.</summary>
    public virtual Decision<ConsultationState> DeclareLength(ConsultationState state, int ordinal, long length, bool ownsLease) =>
        state.Recording(ordinal) switch
        {
            null => Reject(state, ErrorCode.NotFound),
            _ when !ownsLease => Reject(state, ErrorCode.UploadInProgress),
            { IsUnsealed: true, Length: null } recording => new(state.WithRecording(recording with { Length = length })),
            { IsUnsealed: true, Length: { } known } when known == length => new(state),
            _ => Reject(state, ErrorCode.InvalidTransition),
        };

    /// <summary>Why the holder of an upload token may not write to a recording; none if it may.</summary>
    public virtual ErrorCode ValidateUpload(ConsultationState state, int ordinal, string uploadToken, DateTimeOffset now) =>
        state.Recording(ordinal) switch
        {
            null => ErrorCode.NotFound,
            { } recording when !IsToken(uploadToken, recording.UploadToken) => ErrorCode.NotFound,
            { Status: RecordingStatus.Available } or { AwaitsDelivery: true } => ErrorCode.Sealed,
            { IsUnsealed: true } when !IsUploadDeadlinePassed(state, now) => ErrorCode.None,
            _ => ErrorCode.InvalidTransition,
        };

    /// <summary>Why a recording may not be frozen, verified and delivered; none if it may.</summary>
    public virtual ErrorCode ValidateSeal(ConsultationState state, int ordinal, DateTimeOffset now) => state.Recording(ordinal) switch
    {
        null => ErrorCode.NotFound,
        { Status: RecordingStatus.Available } => ErrorCode.Sealed,
        { IsUnsealed: true } when !IsUploadDeadlinePassed(state, now) => ErrorCode.None,
        _ => ErrorCode.InvalidTransition,
    };

    /// <summary>
    /// Decides whether verified media are delivered. The grain stores <see cref="Decision{T}.Next"/>, which holds the verification, only if
    /// the outcome of the delivery stays unknown: then the consultation finishes it without a caller.
    /// </summary>
    public virtual Decision<ConsultationState> PrepareDelivery(
        ConsultationState state, int ordinal, VerifiedMedia media, bool ownsSealLease, DateTimeOffset now)
    {
        if (state.Recording(ordinal) is not { } recording)
            return Reject(state, ErrorCode.NotFound);
        if (recording.Status is RecordingStatus.Available)
            return recording.Media?.Sha256 == media.Sha256 ? new(state) : Reject(state, ErrorCode.DigestMismatch);
        if (ValidateDelivery(state, recording, now) is { Error: not ErrorCode.None } rejected)
            return rejected;
        if (!ownsSealLease)
            return Reject(state, ErrorCode.UploadInProgress);
        return new(state.WithRecording(recording with { Status = RecordingStatus.Closed, Media = media }))
        {
            Before = [new ReportStatus(state.Status)],
        };
    }

    /// <summary>Verified recordings still to be delivered.</summary>
    public virtual ImmutableArray<RecordingState> PendingDeliveries(ConsultationState state, DateTimeOffset now) =>
        [.. state.Recordings.Where(r => r.AwaitsDelivery && ValidateDelivery(state, r, now).Error is ErrorCode.None)];

    /// <summary>
    /// Handles the result of a delivery. The write of the patient's ledger page sealed the recording. This state only reflects that, so it is
    /// stored with the consultation's next change.
    /// </summary>
    public virtual Decision<ConsultationState> CompleteDelivery(ConsultationState state, RecordingState verified, DeliveryResult result) =>
        result switch
        {
            DeliveryResult.Accepted or DeliveryResult.AlreadyDelivered =>
                new(state.WithRecording(verified with { Status = RecordingStatus.Available })),
            DeliveryResult.Conflict => Reject(state, ErrorCode.DigestMismatch),
            _ => Reject(state, ErrorCode.RejectedBySafeguard),
        };

    /// <summary>Marks as available the recordings that the patient's ledger already holds, in case the answer to a delivery was lost.</summary>
    public virtual Reconciled Reconcile(ConsultationState state, LedgerEntry? entry)
    {
        foreach (var replay in entry?.Replays ?? [])
        {
            if (state.Recording(replay.Name.Ordinal) is { IsUnsealed: true } recording)
            {
                state = state.WithRecording(recording with
                {
                    Status = RecordingStatus.Available,
                    Media = new() { DurationSeconds = replay.DurationSeconds, Sha256 = replay.Sha256, SizeBytes = replay.SizeBytes },
                });
            }
        }
        return new(state);
    }

    public virtual Decision<ConsultationState> DropDataKey(ConsultationState state, int ordinal) =>
        new(state.Recording(ordinal) is { IsUnsealed: false, WrappedKey.Length: > 0 } recording
            ? state.WithRecording(recording with { WrappedKey = [] })
            : state);

    private ErrorCode ValidateOpen(ConsultationState state, OpenRecordingRequest request)
    {
        if (state.Status is not ConsultationStatus.InProgress || state.Mode is not { } mode)
            return ErrorCode.InvalidTransition;
        if (request.Mode is { } expected && expected != mode)
            return ErrorCode.ModeChanged;
        if (mode is ConsultationMode.Chat)
            return ErrorCode.InvalidTransition;
        if (mode is ConsultationMode.Audio && request.ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase))
            return ErrorCode.UnsupportedContentType;
        return state.HasConsent(mode) ? ErrorCode.None : ErrorCode.ConsentRequired;
    }

    private Decision<ConsultationState> ValidateDelivery(ConsultationState state, RecordingState recording, DateTimeOffset now)
    {
        if (!state.HasConsent(recording.Mode))
            return Reject(state, ErrorCode.ConsentRequired);
        if (!recording.IsUnsealed || IsUploadDeadlinePassed(state, now)
            || state.Status is not (ConsultationStatus.InProgress or ConsultationStatus.Ended))
            return Reject(state, ErrorCode.InvalidTransition);
        return PresenceSafeguard.Check(enabled, state) is { } denial ? Reject(state, ErrorCode.PresenceRequired, denial) : new(state);
    }

    private static bool IsToken(string presented, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(expected));
}
