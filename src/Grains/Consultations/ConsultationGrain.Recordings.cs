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

    public async Task<Outcome<Recording>> OpenRecording(OpenRecording wish, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return Refusal.NotFound;
        if (wish.RepeatKey is { } key && Repeated(state, key) is { } earlier)
            return earlier.RepeatKey!.Body == key.Body ? Snapshot(earlier) : Refusal.IdempotencyKeyReused;
        if (WhyNotOpen(state, wish) is var refusal and not Refusal.None)
            return refusal;

        await NoteStatus(state);
        var name = Own.Recording(state.Recordings.Length + 1);
        if (await Participant.KeyFor(new DataKeyRequest(name, null), cancellation) is not { } dataKey)
            return Refusal.Locked;
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
            RepeatKey = wish.RepeatKey,
        };
        await Save(
            state with { Recordings = state.Recordings.Add(recording) }, Tell("recording.opened", by, Spelled(recording.Mode), name.Name));
        _dataKeys[name.Ordinal] = dataKey.Plain;
        return Snapshot(recording);
    }

    public async Task<Outcome<Recording>> CloseRecording(int ordinal, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return Refusal.NotFound;
        if (recording.Status is RecordingStatus.Discarded)
            return Refusal.InvalidTransition;
        if (recording.Status is RecordingStatus.Open)
            state = await Save(state.With(recording with { Status = RecordingStatus.Closed }));
        return Snapshot(state.Recording(ordinal)!);
    }

    public async Task<Outcome<Recording>> DiscardRecording(int ordinal, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return Refusal.NotFound;
        // The patient's list is asked first: what is sealed there can't be given up.
        state = await Reconcile(state);
        if (state.Recording(ordinal) is not { } recording)
            return Refusal.NotFound;
        if (recording.Status is RecordingStatus.Available)
            return Refusal.InvalidTransition;
        if (recording.IsUnsealed)
        {
            state = await Save(
                state.With(recording with { Status = RecordingStatus.Discarded }),
                Tell("recording.discarded", by, subject: Own.Recording(ordinal).Name));
        }
        return Snapshot(state.Recording(ordinal)!);
    }

    public async Task<Outcome<MediaGrant>> BeginUpload(int ordinal, string uploadToken, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording || !IsToken(uploadToken, recording.UploadToken))
            return Refusal.NotFound;
        if (recording.Status is RecordingStatus.Available || recording.AwaitsDelivery)
            return Refusal.Sealed;
        return await Grant(state, recording, seals: false, cancellation);
    }

    public async Task<Outcome<MediaGrant>> BeginSeal(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return Refusal.NotFound;
        if (recording.Status is RecordingStatus.Available)
            return Refusal.Sealed;
        return await Grant(state, recording, seals: true, cancellation);
    }

    public async Task<Outcome<MediaGrant>> PeekUpload(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return Refusal.NotFound;
        return recording.IsUnsealed ? await MediaOf(state, recording, Guid.Empty, cancellation) : Refusal.InvalidTransition;
    }

    public Task<bool> KeepGrant(int ordinal, Guid grant, CancellationToken cancellation)
    {
        var held = Holds(ordinal, grant, out var seals) && stored.State.Recording(ordinal) is { IsUnsealed: true };
        if (held)
            _grants[ordinal] = (grant, time.GetTimestamp(), seals);
        return Task.FromResult(held);
    }

    public async Task<Outcome<Recording>> FixLength(int ordinal, Guid grant, long length, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return Refusal.NotFound;
        if (!Holds(ordinal, grant, out _))
            return Refusal.UploadInProgress;
        if (!recording.IsUnsealed || (recording.Length is { } known && known != length))
            return Refusal.InvalidTransition;
        if (recording.Length is null)
            state = await Save(state.With(recording with { Length = length }));
        return Snapshot(state.Recording(ordinal)!);
    }

    public Task EndGrant(int ordinal, Guid grant)
    {
        if (_grants.TryGetValue(ordinal, out var held) && held.Id == grant)
            _grants.Remove(ordinal);
        return Task.CompletedTask;
    }

    private async Task<Outcome<MediaGrant>> Grant(
        ConsultationState state, RecordingState recording, bool seals, CancellationToken cancellation)
    {
        if (!recording.IsUnsealed || IsDue(state))
            return Refusal.InvalidTransition;
        if (_grants.TryGetValue(recording.Ordinal, out var held) && time.GetElapsedTime(held.Since) < MediaGrant.Lifetime)
            return Refusal.UploadInProgress;
        var granted = await MediaOf(state, recording, Guid.NewGuid(), cancellation);
        if (granted.IsDone)
            _grants[recording.Ordinal] = (granted.Value.Id, time.GetTimestamp(), seals);
        return granted;
    }

    private async Task<Outcome<MediaGrant>> MediaOf(
        ConsultationState state, RecordingState recording, Guid id, CancellationToken cancellation)
    {
        var name = Own.Recording(recording.Ordinal);
        if (!_dataKeys.TryGetValue(recording.Ordinal, out var dataKey))
        {
            await NoteStatus(state);
            if (await Participant.KeyFor(new DataKeyRequest(name, recording.WrappedKey), cancellation) is not { } unwrapped)
                return Refusal.Locked;
            _dataKeys[recording.Ordinal] = dataKey = unwrapped.Plain;
        }
        return new MediaGrant
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
        return held.Id == grant && grant != Guid.Empty && time.GetElapsedTime(held.Since) < MediaGrant.Lifetime;
    }

    private RecordingState? Repeated(ConsultationState state, RepeatKey key) => state.Recordings.LastOrDefault(
        r => r.RepeatKey?.Key == key.Key && time.GetUtcNow() - r.StartedAt < RepeatKey.Lifetime);

    private Refusal WhyNotOpen(ConsultationState state, OpenRecording wish)
    {
        if (state.Status is not ConsultationStatus.InProgress || state.Mode is not { } mode)
            return Refusal.InvalidTransition;
        if (wish.Mode is { } wanted && wanted != mode)
            return Refusal.ModeChanged;
        if (mode is ConsultationMode.Chat)
            return Refusal.InvalidTransition;
        if (mode is ConsultationMode.Audio && wish.ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase))
            return Refusal.ContentTypeUnfit;
        if (!state.HasConsent(mode))
            return Refusal.ConsentRequired;
        if (!presenceLock.Admits(state, wish.Presence, _options.Presence.RequireProof))
            return Refusal.PresenceRequired;
        if (state.Recordings.Any(r => r.Status is RecordingStatus.Open))
            return Refusal.RecordingOpen;
        return state.Recordings.Length >= _options.Recordings.MaxPerConsultation ? Refusal.LimitReached : Refusal.None;
    }

    private static bool IsToken(string shown, string own) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(own));
}
