namespace Replays.Media.FileSystem;

internal static class FileSystemErrors
{
    // errno values on Linux, which .NET passes on as HResult
    private const int WouldBlock = 11, TooBig = 27, NoSpace = 28, OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsSharingViolation = unchecked((int)0x80070020);

    public static bool IsMissing(MediaStoreException e) => e.InnerException is FileNotFoundException or DirectoryNotFoundException;

    public static T Translate<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    public static void Translate(Action operation) => Translate(() =>
    {
        operation();
        return true;
    });

    public static async Task<T> TranslateAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (ToStoreException(e) is { } problem)
        {
            throw problem;
        }
    }

    /// <summary>Null unless the file system caused the error.</summary>
    public static MediaStoreException? ToStoreException(Exception e) => e switch
    {
        IOException { HResult: NoSpace or OverQuota or TooBig or WindowsDiskFull } => new(MediaStoreProblem.Full, e),
        IOException { HResult: WouldBlock or WindowsSharingViolation } => new(MediaStoreProblem.Busy, e),
        IOException or UnauthorizedAccessException => new(MediaStoreProblem.Unavailable, e),
        _ => null,
    };
}
