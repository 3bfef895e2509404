using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace Replays.Media.S3;

internal static class S3Errors
{
    public static bool IsMissing(MediaStoreException e) =>
        e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    /// <summary>
    /// A truncated response, a wrong checksum, or unparsable headers, for which the client throws its parsers' exceptions.
    /// </summary>
    public static bool IsBrokenResponse(Exception exception) =>
        exception is IOException or AmazonClientException or ArgumentException or FormatException;

    public static async Task<T> Translate<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            throw new MediaStoreException(MediaStoreProblem.Busy, e);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.InsufficientStorage || e.ErrorCode is "QuotaExceeded")
        {
            throw new MediaStoreException(MediaStoreProblem.Full, e);
        }
        catch (Exception e) when (IsBrokenResponse(e)
            || e is AmazonServiceException or HttpRequestException or SocketException or TimeoutException)
        {
            throw new MediaStoreException(MediaStoreProblem.Unavailable, e);
        }
    }
}
