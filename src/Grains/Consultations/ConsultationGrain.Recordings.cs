using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>Recordings before they are sealed, and who may work on their media.</summary>
internal sealed partial class ConsultationGrain
{
    private readonly Dictionary<int, (Guid Id, long Since, bool Seals)> _grants = [];
    private readonly Dictionary<int, byte[]> _dataKeys = [];

    public async Task<Result<Recording>> OpenRecording(OpenRecordingRequest wish, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (wish.IdempotencyKey is { } key && Repeated(state, key) is { } earlier)
            return earlier.IdempotencyKey!.Body == key.Body ? Snapshot(earlier) : ErrorCode.IdempotencyKeyReused;
        if (WhyNotOpen(state, wish) is var refusal and not ErrorCode.None)
            return refusal;

        await NoteStatus(state);
        var name = Own.Recording(state.Recordings.Length + 1);
        if (await Participant.GetDataKey(new DataKeyRequest(name, null), cancellation) is not { } dataKey)
            return ErrorCode.RejectedBySafeguard;
        if (name.Ordinal == 1)
            await Arm();
        var recording = new RecordingState
        {
            Ordinal = name.Ordinal,
            Mode = state.Mode!.Value,
            Status = RecordingStatus.Open,
            StartedAt = time.GetUtcNow(),
            ContentType = wish.ContentType,
            Length = wish.Length,
            UploadToken = RandomNumberGenerator.GetHexString(32, lowercase: true),
            ObjectKey = MediaObjectKey.Create(),
            WrappedKey = dataKey.Wrapped,
            IdempotencyKey = wish.IdempotencyKey,
        };
        await Save(
            state with { Recordings = state.Recordings.Add(recording) }, Tell("recording.opened", by, Spelled(recording.Mode), name.Name));
        _dataKeys[name.Ordinal] = dataKey.Plain;
        return Snapshot(recording);
    }

    public async Task<Result<Recording>> CloseRecording(int ordinal, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        if (recording.Status is RecordingStatus.Discarded)
            return ErrorCode.InvalidTransition;
        if (recording.Status is RecordingStatus.Open)
            state = await Save(state.WithRecording(recording with { Status = RecordingStatus.Closed }));
        return Snapshot(state.Recording(ordinal)!);
    }

    public async Task<Result<Recording>> DiscardRecording(int ordinal, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        // The patient's list is asked first: what is sealed there can't be given up.
        state = await Reconcile(state);
        if (state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        if (recording.Status is RecordingStatus.Available)
            return ErrorCode.InvalidTransition;
        if (recording.IsUnsealed)
        {
            state = await Save(
                state.WithRecording(recording with { Status = RecordingStatus.Discarded }),
                Tell("recording.discarded", by, subject: Own.Recording(ordinal).Name));
        }
        return Snapshot(state.Recording(ordinal)!);
    }

    public async Task<Result<MediaLease>> AcquireUploadLease(int ordinal, string uploadToken, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording || !IsToken(uploadToken, recording.UploadToken))
            return ErrorCode.NotFound;
        if (recording.Status is RecordingStatus.Available || recording.AwaitsDelivery)
            return ErrorCode.Sealed;
        return await Grant(state, recording, seals: false, cancellation);
    }

    public async Task<Result<MediaLease>> AcquireSealLease(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        if (recording.Status is RecordingStatus.Available)
            return ErrorCode.Sealed;
        return await Grant(state, recording, seals: true, cancellation);
    }

    public async Task<Result<MediaLease>> GetUploadInfo(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        return recording.IsUnsealed ? await MediaOf(state, recording, Guid.Empty, cancellation) : ErrorCode.InvalidTransition;
    }

    public Task<bool> RenewLease(int ordinal, Guid grant, CancellationToken cancellation)
    {
        var held = Holds(ordinal, grant, out var seals) && stored.State.Recording(ordinal) is { IsUnsealed: true };
        if (held)
            _grants[ordinal] = (grant, time.GetTimestamp(), seals);
        return Task.FromResult(held);
    }

    public async Task<Result<Recording>> DeclareLength(int ordinal, Guid grant, long length, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        if (!Holds(ordinal, grant, out _))
            return ErrorCode.UploadInProgress;
        if (!recording.IsUnsealed || (recording.Length is { } known && known != length))
            return ErrorCode.InvalidTransition;
        if (recording.Length is null)
            state = await Save(state.WithRecording(recording with { Length = length }));
        return Snapshot(state.Recording(ordinal)!);
    }

    public Task ReleaseLease(int ordinal, Guid grant)
    {
        if (_grants.TryGetValue(ordinal, out var held) && held.Id == grant)
            _grants.Remove(ordinal);
        return Task.CompletedTask;
    }

    private async Task<Result<MediaLease>> Grant(
        ConsultationState state, RecordingState recording, bool seals, CancellationToken cancellation)
    {
        if (!recording.IsUnsealed || IsDue(state))
            return ErrorCode.InvalidTransition;
        if (_grants.TryGetValue(recording.Ordinal, out var held) && time.GetElapsedTime(held.Since) < MediaLease.Lifetime)
            return ErrorCode.UploadInProgress;
        var granted = await MediaOf(state, recording, Guid.NewGuid(), cancellation);
        if (granted.IsSuccess)
            _grants[recording.Ordinal] = (granted.Value.Id, time.GetTimestamp(), seals);
        return granted;
    }

    private async Task<Result<MediaLease>> MediaOf(
        ConsultationState state, RecordingState recording, Guid id, CancellationToken cancellation)
    {
        var name = Own.Recording(recording.Ordinal);
        if (!_dataKeys.TryGetValue(recording.Ordinal, out var dataKey))
        {
            await NoteStatus(state);
            if (await Participant.GetDataKey(new DataKeyRequest(name, recording.WrappedKey), cancellation) is not { } unwrapped)
                return ErrorCode.RejectedBySafeguard;
            _dataKeys[recording.Ordinal] = dataKey = unwrapped.Plain;
        }
        return new MediaLease
        {
            Id = id,
            Recording = name,
            ObjectKey = recording.ObjectKey,
            DataKey = dataKey,
            Mode = recording.Mode,
            ContentType = recording.ContentType,
            Length = recording.Length,
        };
    }

    private bool Holds(int ordinal, Guid grant, out bool seals)
    {
        seals = _grants.TryGetValue(ordinal, out var held) && held.Seals;
        return held.Id == grant && grant != Guid.Empty && time.GetElapsedTime(held.Since) < MediaLease.Lifetime;
    }

    private RecordingState? Repeated(ConsultationState state, IdempotencyKey key) => state.Recordings.LastOrDefault(
        r => r.IdempotencyKey?.Key == key.Key && time.GetUtcNow() - r.StartedAt < IdempotencyKey.Lifetime);

    private ErrorCode WhyNotOpen(ConsultationState state, OpenRecordingRequest wish)
    {
        if (state.Status is not ConsultationStatus.InProgress || state.Mode is not { } mode)
            return ErrorCode.InvalidTransition;
        if (wish.Mode is { } wanted && wanted != mode)
            return ErrorCode.ModeChanged;
        if (mode is ConsultationMode.Chat)
            return ErrorCode.InvalidTransition;
        if (mode is ConsultationMode.Audio && wish.ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase))
            return ErrorCode.UnsupportedContentType;
        if (!state.HasConsent(mode))
            return ErrorCode.ConsentRequired;
        if (!presenceLock.Allows(state, wish.Presence, _options.Presence.RequireProof))
            return ErrorCode.PresenceRequired;
        if (state.Recordings.Any(r => r.Status is RecordingStatus.Open))
            return ErrorCode.RecordingOpen;
        return state.Recordings.Length >= _options.Recordings.MaxPerConsultation ? ErrorCode.LimitReached : ErrorCode.None;
    }

    private static bool IsToken(string shown, string own) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(own));
}
