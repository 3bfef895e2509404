using System.Diagnostics;

namespace Replays.Cluster.Tests.Load;

/// <summary>One request and what came of it.</summary>
/// <param name="What">Which operation.</param>
/// <param name="Try">1: the first time that it was asked; 2: its first repetition; …</param>
/// <param name="Began">By the stopwatch.</param>
/// <param name="Ended">By the stopwatch.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
internal readonly record struct Attempt(string What, bool IsRead, int Try, long Began, long Ended, int Status)
{
    /// <summary>Not reached, or not able to answer. What is refused for good reason is an answer.</summary>
    public bool Failed => Status is 0 or >= 500;

    public TimeSpan Took => Stopwatch.GetElapsedTime(Began, Ended);

    public override string ToString() => $"{What} {Status} try {Try} {Took.TotalSeconds:0.00} s";
}
