namespace Replays.Media.Stores;

/// <summary>The store failed. Acknowledged bytes are not lost, except with <see cref="MediaStoreProblem.Damaged"/>.</summary>
public sealed class MediaStoreException(MediaStoreProblem problem, Exception? cause = null) : Exception($"Media store: {problem}.", cause)
{
    public MediaStoreProblem Problem { get; } = problem;
}
