using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using Replays.Grains.Consultations;
using Replays.Media.Encryption;
using Replays.Media.Stores;

namespace Replays.Api.Recordings;

/// <summary>Uploads media: one uploader per recording at a time, who must present the recording's upload token.</summary>
public sealed class UploadService(IGrainFactory grains, EncryptedMediaStore store, IOptions<ReplaysOptions> options)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The size limit per recording.</summary>
    public long MaxBytes => options.Value.Recordings.MaxBytes;

    /// <summary>Uploads the whole media and drops what was uploaded before.</summary>
    /// <returns>Null when all bytes are durable.</returns>
    public Task<Problem?> Replace(RecordingId recording, string token, HttpRequest request) =>
        WithLease(recording, token, request, async lease =>
        {
            var allowed = lease.Lease.Length ?? MaxBytes;
            if (request.ContentLength > allowed)
                return new Problem(ProblemKind.TooLarge);
            await store.Reset(lease.Media, lease.Lost);
            var appended = await store.Append(lease.Media, 0, request.Body, allowed, null, lease.Lost);
            if (appended.Status is AppendStatus.TooLarge)
                await store.Reset(lease.Media, CancellationToken.None);
            return ToProblem(appended.Status);
        });

    /// <summary>Appends at the durable offset. The bytes received of an aborted request are kept, unless it has a checksum.</summary>
    /// <returns>The problem, if any, and the number of bytes that are durable now.</returns>
    public async Task<(Problem? Problem, long Offset)> Append(RecordingId recording, string token, TusPatch patch, HttpRequest request)
    {
        var offset = patch.Offset;
        var problem = await WithLease(recording, token, request, async lease =>
        {
            var known = lease.Lease.Length;
            if (known is not null && patch.Length is not null && patch.Length != known)
                return Problem.Invalid(Tus.Length, "This differs from the length declared before.");
            var allowed = known ?? patch.Length ?? MaxBytes;
            if (allowed > MaxBytes || request.ContentLength > allowed - patch.Offset)
                return new Problem(ProblemKind.TooLarge);
            if (known is null && patch.Length is { } length && await DeclareLength(lease, length) is { } rejected)
                return rejected;
            var appended = await store.Append(lease.Media, patch.Offset, request.Body, allowed, patch.Checksum, lease.Lost);
            offset = appended.Offset;
            return ToProblem(appended.Status);
        });
        return (problem, offset);
    }

    /// <summary>Drops what was uploaded.</summary>
    public async Task<Problem?> Reset(RecordingId recording, string token, CancellationToken cancellation)
    {
        var acquired = await grains.Consultation(recording.Consultation).AcquireUploadLease(recording.Ordinal, token, cancellation);
        if (!acquired.IsSuccess)
            return Problem.Of(acquired.Error);
        await using var lease = new LeaseRenewer(grains, acquired.Value, cancellation);
        await store.Reset(lease.Media, lease.Lost);
        return null;
    }

    /// <returns>The number of durable bytes.</returns>
    /// <exception cref="MediaStoreException">The store is unavailable or does not answer in time.</exception>
    public async Task<long> ReceivedBytes(Recording recording, CancellationToken cancellation)
    {
        if (recording.Status is not (RecordingStatus.Open or RecordingStatus.Closed))
            return recording.SizeBytes ?? 0;
        var consultation = grains.Consultation(recording.Name.Consultation);
        var info = await ReadRetry.WithRetry(() => consultation.GetUploadInfo(recording.Name.Ordinal, cancellation));
        if (info is not { IsSuccess: true, Value: { } upload })
            return 0;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(StoreTimeout);
        try
        {
            return await store.ReceivedBytes(new(upload.ObjectKey, upload.Recording.Name, upload.DataKey), timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
    }

    /// <summary>The view omits the received bytes while the store is unavailable, because the status does not depend on them.</summary>
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
        return consultation?.Recordings.FirstOrDefault(candidate => candidate.Name == recording);
    }

    /// <returns>Null if the recording does not exist or the token is not its upload token.</returns>
    public async Task<Recording?> Find(RecordingId recording, string token, CancellationToken cancellation) =>
        await Find(recording, cancellation) is { } found
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(found.UploadToken))
            ? found
            : null;

    private async Task<Problem?> WithLease(
        RecordingId recording, string token, HttpRequest request, Func<LeaseRenewer, Task<Problem?>> upload)
    {
        // A live stream may be arbitrarily slow. The append itself gives up after the idle timeout.
        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        // Not cancelled with the request: the bytes received of an aborted request are still read, and the body ends by itself.
        var acquired = await grains.Consultation(recording.Consultation).AcquireUploadLease(recording.Ordinal, token);
        if (!acquired.IsSuccess)
            return Problem.Of(acquired.Error);
        await using var lease = new LeaseRenewer(grains, acquired.Value, CancellationToken.None);
        return await upload(lease);
    }

    private async Task<Problem?> DeclareLength(LeaseRenewer lease, long length)
    {
        var recording = lease.Lease.Recording;
        var result = await grains.Consultation(recording.Consultation).DeclareLength(recording.Ordinal, lease.Lease.Id, length, lease.Lost);
        return result.IsSuccess ? null : Problem.Of(result.Error);
    }

    private static Problem? ToProblem(AppendStatus status) => status switch
    {
        AppendStatus.Stored => null,
        AppendStatus.OffsetMismatch => new Problem(ProblemKind.UploadOffset),
        AppendStatus.ChecksumMismatch => new Problem(ProblemKind.ChecksumMismatch),
        AppendStatus.TooLarge => new Problem(ProblemKind.TooLarge),
        AppendStatus.InProgress or AppendStatus.Frozen => new Problem(ProblemKind.UploadInProgress),
        AppendStatus.StorageFull => new Problem(ProblemKind.StorageFull),
        // The client disconnected, or the lease was lost.
        _ => new Problem(ProblemKind.Unavailable),
    };
}
