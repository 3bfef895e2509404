using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using Replays.Api.Problems;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Media.Encryption;
using Replays.Media.Stores;

namespace Replays.Api.Recordings;

/// <summary>Media on their way in: by one uploader at a time, with the token of their own recording.</summary>
public sealed class UploadService(IGrainFactory grains, EncryptedMediaStore vault, IOptions<ReplaysOptions> options)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that a recording may have.</summary>
    public long MaxBytes => options.Value.Recordings.MaxBytes;

    /// <summary>Takes the whole: what was uploaded before is dropped.</summary>
    /// <returns>What is wrong; null when all is durable.</returns>
    public Task<Problem?> Replace(RecordingId recording, string token, HttpRequest request) => AcquireLease(recording, token, request, async lease =>
    {
        var allowed = lease.Lease.Length ?? MaxBytes;
        if (request.ContentLength > allowed)
            return new Problem(ProblemKind.TooLarge);
        await vault.Reset(lease.Media, lease.Lost);
        var appended = await vault.Append(lease.Media, 0, request.Body, allowed, null, lease.Lost);
        if (appended.Status is AppendStatus.TooLarge)
            await vault.Reset(lease.Media, CancellationToken.None);
        return ToProblem(appended.Status);
    });

    /// <summary>Takes more, from the offset that is durable. What arrived of a request that was cut is kept, unless it came with a checksum.</summary>
    /// <returns>What is wrong, or null; and bytes that are durable now.</returns>
    public async Task<(Problem? Problem, long Offset)> Append(RecordingId recording, string token, TusPatch patch, HttpRequest request)
    {
        var offset = patch.Offset;
        var problem = await AcquireLease(recording, token, request, async lease =>
        {
            if (lease.Lease.Length is { } known && patch.Length is { } told && told != known)
                return Problem.Invalid(Tus.Length, "It is known already, and another.");
            var allowed = lease.Lease.Length ?? patch.Length ?? MaxBytes;
            if (allowed > MaxBytes || request.ContentLength > allowed - patch.Offset)
                return new Problem(ProblemKind.TooLarge);
            if (lease.Lease.Length is null && patch.Length is { } length && await DeclareLength(lease, length) is { } refused)
                return refused;
            var appended = await vault.Append(lease.Media, patch.Offset, request.Body, allowed, patch.Checksum, lease.Lost);
            offset = appended.Offset;
            return ToProblem(appended.Status);
        });
        return (problem, offset);
    }

    /// <summary>Drops what was uploaded.</summary>
    public async Task<Problem?> Reset(RecordingId recording, string token, CancellationToken cancellation)
    {
        var begun = await grains.Consultation(recording.Consultation).AcquireUploadLease(recording.Ordinal, token, cancellation);
        if (!begun.IsSuccess)
            return Problem.Of(begun.Error);
        await using var lease = new LeaseRenewer(grains, begun.Value, cancellation);
        await vault.Reset(lease.Media, lease.Lost);
        return null;
    }

    /// <summary>Bytes that are durable of a recording.</summary>
    /// <exception cref="MediaStoreException">The store does not answer, or not in time.</exception>
    public async Task<long> ReceivedBytes(Recording recording, CancellationToken cancellation)
    {
        if (recording.Status is not (RecordingStatus.Open or RecordingStatus.Closed))
            return recording.SizeBytes ?? 0;
        var consultation = grains.Consultation(recording.Name.Consultation);
        var seen = await ReadRetry.WithRetry(() => consultation.GetUploadInfo(recording.Name.Ordinal, cancellation));
        if (seen is not { IsSuccess: true, Value: { } grant })
            return 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StoreTimeout);
        try
        {
            return await vault.ReceivedBytes(new(grant.ObjectKey, grant.Recording.Name, grant.DataKey), patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
    }

    /// <summary>A recording's view. How much of it has arrived is left out when the store does not tell: its status does not depend on that.</summary>
    public async Task<RecordingView> View(Recording recording, CancellationToken cancellation)
    {
        try
        {
            return RecordingView.Of(recording, await ReceivedBytes(recording, cancellation));
        }
        catch (MediaStoreException)
        {
            return RecordingView.Of(recording, null);
        }
    }

    public async Task<Recording?> Find(RecordingId recording, CancellationToken cancellation)
    {
        var consultation = await ReadRetry.WithRetry(() => grains.Consultation(recording.Consultation).Get(cancellation));
        return consultation?.Recordings.FirstOrDefault(one => one.Name == recording);
    }

    /// <summary>The recording, for who has its token.</summary>
    public async Task<Recording?> Find(RecordingId recording, string token, CancellationToken cancellation) =>
        await Find(recording, cancellation) is { } found
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(found.UploadToken))
            ? found
            : null;

    private async Task<Problem?> AcquireLease(RecordingId recording, string token, HttpRequest request, Func<LeaseRenewer, Task<Problem?>> work)
    {
        // A live stream may be slow for as long as it likes; one that is silent is given up by the append itself.
        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        // Not by the request's own cancellation: what has arrived of a request that was cut is still read. The body ends by itself.
        var begun = await grains.Consultation(recording.Consultation).AcquireUploadLease(recording.Ordinal, token);
        if (!begun.IsSuccess)
            return Problem.Of(begun.Error);
        await using var lease = new LeaseRenewer(grains, begun.Value, CancellationToken.None);
        return await work(lease);
    }

    private async Task<Problem?> DeclareLength(LeaseRenewer lease, long length)
    {
        var recording = lease.Lease.Recording;
        var outcome = await grains.Consultation(recording.Consultation).DeclareLength(recording.Ordinal, lease.Lease.Id, length, lease.Lost);
        return outcome.IsSuccess ? null : Problem.Of(outcome.Error);
    }

    private static Problem? ToProblem(AppendStatus status) => status switch
    {
        AppendStatus.Stored => null,
        AppendStatus.OffsetMismatch => new Problem(ProblemKind.UploadOffset),
        AppendStatus.ChecksumMismatch => new Problem(ProblemKind.ChecksumMismatch),
        AppendStatus.TooLarge => new Problem(ProblemKind.TooLarge),
        AppendStatus.InProgress or AppendStatus.Frozen => new Problem(ProblemKind.UploadInProgress),
        AppendStatus.StorageFull => new Problem(ProblemKind.StorageFull),
        // Either nobody is there to read this, or the leave to upload was lost.
        _ => new Problem(ProblemKind.Unavailable),
    };
}
