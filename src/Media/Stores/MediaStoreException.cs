namespace Replays.Media.Stores;

/// <summary>The store could not do what it was asked. Nothing that was acknowledged is lost by it.</summary>
public sealed class MediaStoreException(MediaStoreProblem problem, Exception? cause = null) : Exception($"Media store: {problem}.", cause)
{
    public MediaStoreProblem Problem { get; } = problem;
}
