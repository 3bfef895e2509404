using System.Security.Cryptography;
using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>Unsealed recordings, and leases on their media.</summary>
internal sealed partial class ConsultationGrain
{
    private readonly MediaLeaseTable _leases = new(time);
    private readonly DataKeyCache _dataKeys = new();

    public async Task<Result<Recording>> OpenRecording(OpenRecordingRequest request, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        if (request.IdempotencyKey is { } key && rules.FindByIdempotencyKey(state, key, Now) is { } earlier)
            return earlier.IdempotencyKey!.Body == key.Body ? earlier.ToSnapshot(_id) : ErrorCode.IdempotencyKeyReused;
        if (await Apply(rules.PrepareRecording(state, request)) is var error and not ErrorCode.None)
            return error;

        var name = _id.Recording(state.Recordings.Length + 1);
        if (await Patient.GetDataKey(new DataKeyRequest(name, null), cancellation) is not { } dataKey)
            return ErrorCode.RejectedBySafeguard;
        var created = new CreatedMedia(RandomNumberGenerator.GetHexString(32, lowercase: true), MediaObjectKey.Create(), dataKey.Wrapped);
        await Apply(rules.OpenRecording(state, request, created, by, Now));
        _dataKeys.Add(name.Ordinal, dataKey.Plain);
        return Snapshot(name.Ordinal);
    }

    public async Task<Result<Recording>> CloseRecording(int ordinal, Actor by, CancellationToken cancellation) =>
        Snapshot(ordinal, await Change(state => rules.CloseRecording(state, ordinal)));

    public async Task<Result<Recording>> DiscardRecording(int ordinal, Actor by, CancellationToken cancellation) =>
        Snapshot(ordinal, await ChangeReconciled(
            state => [.. rules.UnsealedOrdinals(state).Where(unsealed => unsealed == ordinal)],
            reconciled => rules.DiscardRecording(reconciled, ordinal, by)));

    public async Task<Result<MediaLease>> AcquireUploadLease(int ordinal, string uploadToken, CancellationToken cancellation) =>
        await Load() is { } state
            ? await AcquireLease(ordinal, rules.ValidateUpload(state, ordinal, uploadToken, Now), seals: false, cancellation)
            : ErrorCode.NotFound;

    public async Task<Result<MediaLease>> AcquireSealLease(int ordinal, CancellationToken cancellation) =>
        await Load() is { } state
            ? await AcquireLease(ordinal, rules.ValidateSeal(state, ordinal, Now), seals: true, cancellation)
            : ErrorCode.NotFound;

    public async Task<Result<MediaLease>> GetUploadInfo(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is not { } state || state.Recording(ordinal) is not { } recording)
            return ErrorCode.NotFound;
        return recording.IsUnsealed ? await CreateLease(recording, Guid.Empty, cancellation) : ErrorCode.InvalidTransition;
    }

    public Task<bool> RenewLease(int ordinal, Guid lease, CancellationToken cancellation) =>
        Task.FromResult(stored.State.Recording(ordinal) is { IsUnsealed: true } && _leases.Renew(ordinal, lease));

    public async Task<Result<Recording>> DeclareLength(int ordinal, Guid lease, long length, CancellationToken cancellation) =>
        Snapshot(ordinal, await Change(state => rules.DeclareLength(state, ordinal, length, _leases.OwnsLease(ordinal, lease))));

    public Task ReleaseLease(int ordinal, Guid lease)
    {
        _leases.Release(ordinal, lease);
        return Task.CompletedTask;
    }

    public async Task<Result<Recording>> Deliver(int ordinal, Guid lease, VerifiedMedia media, Actor by, CancellationToken cancellation)
    {
        if (await Load() is not { } state)
            return ErrorCode.NotFound;
        var decision = rules.PrepareDelivery(state, ordinal, media, _leases.OwnsSealLease(ordinal, lease), Now);
        denials.Allows(decision.Denial);
        if (decision.Error is not ErrorCode.None)
            return decision.Error;
        if (ReferenceEquals(decision.Next, state))
            return Snapshot(ordinal);

        foreach (var effect in decision.Before)
            await Run(effect);
        try
        {
            return await Deliver(decision.Next.Recording(ordinal)!, by, cancellation);
        }
        catch (Exception) when (state.Recording(ordinal) is { AwaitsDelivery: false })
        {
            // The outcome is unknown. The media are verified: the consultation finishes the delivery without another call.
            await Save(decision.Next, []);
            throw;
        }
    }

    private async Task<Result<MediaLease>> AcquireLease(int ordinal, ErrorCode error, bool seals, CancellationToken cancellation)
    {
        if (error is not ErrorCode.None)
            return error;
        if (!_leases.IsFree(ordinal))
            return ErrorCode.UploadInProgress;
        var lease = await CreateLease(stored.State.Recording(ordinal)!, Guid.NewGuid(), cancellation);
        if (lease.IsSuccess)
            _leases.Acquire(ordinal, lease.Value.Id, seals);
        return lease;
    }

    private async Task<Result<MediaLease>> CreateLease(RecordingState recording, Guid id, CancellationToken cancellation)
    {
        await Run(new ReportStatus(stored.State.Status));
        var name = _id.Recording(recording.Ordinal);
        if (await _dataKeys.Get(name, recording.WrappedKey, Patient, cancellation) is not { } dataKey)
            return ErrorCode.RejectedBySafeguard;
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

    private Result<Recording> Snapshot(int ordinal, Result<Consultation> changed) => changed.IsSuccess ? Snapshot(ordinal) : changed.Error;

    private Recording Snapshot(int ordinal) => stored.State.Recording(ordinal)!.ToSnapshot(_id);
}
