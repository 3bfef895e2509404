using Microsoft.Extensions.Options;
using Replays.Api.Media.Encryption;
using Replays.Api.Problems;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;

namespace Replays.Api.Recordings;

/// <summary>Media on their way in: by one uploader at a time, with the token of their own recording.</summary>
public sealed class Uploads(IGrainFactory grains, MediaVault vault, IOptions<ReplaysOptions> options)
{
    /// <summary>Bytes that a recording may have.</summary>
    public long MaxBytes => options.Value.Recordings.MaxBytes;

    /// <summary>Takes the whole: what was uploaded before is dropped.</summary>
    /// <returns>What is wrong; null when all is durable.</returns>
    public Task<Problem?> Replace(RecordingId recording, string token, HttpRequest request) => Hold(recording, token, request, async lease =>
    {
        await vault.Reset(lease.Media, lease.Lost);
        var appended = await vault.Append(lease.Media, 0, request.Body, lease.Grant.Length ?? MaxBytes, null, lease.Lost);
        if (appended.Status is AppendStatus.TooLarge)
            await vault.Reset(lease.Media, CancellationToken.None);
        return Explain(appended.Status);
    });

    /// <summary>Drops what was uploaded.</summary>
    public async Task<Problem?> Reset(RecordingId recording, string token, CancellationToken cancellation)
    {
        var begun = await grains.Consultation(recording.Consultation).BeginUpload(recording.Ordinal, token, cancellation);
        if (!begun.IsDone)
            return Problem.Of(begun.Refusal);
        await using var lease = new GrantLease(grains, begun.Value, cancellation);
        await vault.Reset(lease.Media, lease.Lost);
        return null;
    }

    /// <summary>Bytes that are durable of a recording that is not sealed yet.</summary>
    public async Task<long> ReceivedBytes(Recording recording, CancellationToken cancellation)
    {
        if (recording.Status is not (RecordingStatus.Open or RecordingStatus.Closed))
            return recording.SizeBytes ?? 0;
        var consultation = grains.Consultation(recording.Name.Consultation);
        var seen = await Unavailability.Read(() => consultation.PeekUpload(recording.Name.Ordinal, cancellation));
        return seen is { IsDone: true, Value: { } grant }
            ? await vault.ReceivedBytes(new(grant.ObjectKey, grant.Recording.Name, grant.DataKey), cancellation)
            : 0;
    }

    private async Task<Problem?> Hold(RecordingId recording, string token, HttpRequest request, Func<GrantLease, Task<Problem?>> work)
    {
        var aborted = request.HttpContext.RequestAborted;
        var begun = await grains.Consultation(recording.Consultation).BeginUpload(recording.Ordinal, token, aborted);
        if (!begun.IsDone)
            return Problem.Of(begun.Refusal);
        await using var lease = new GrantLease(grains, begun.Value, aborted);
        return request.ContentLength > (lease.Grant.Length ?? MaxBytes) ? new Problem(ProblemKind.TooLarge) : await work(lease);
    }

    private static Problem? Explain(AppendStatus status) => status switch
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
