using System.Diagnostics;

namespace Replays.Cluster.Tests.Load;

/// <summary>One HTTP request and its outcome.</summary>
/// <param name="Number">1 for the first attempt, more for retries.</param>
/// <param name="StartedAt">As a <see cref="Stopwatch"/> timestamp.</param>
/// <param name="EndedAt">As a <see cref="Stopwatch"/> timestamp.</param>
/// <param name="Status">The HTTP status; 0 if there was no response.</param>
internal readonly record struct Attempt(string Operation, bool IsRead, int Number, long StartedAt, long EndedAt, int Status)
{
    public bool Failed => Status is 0 or >= 500;

    public TimeSpan Duration => Stopwatch.GetElapsedTime(StartedAt, EndedAt);

    public override string ToString() => $"{Operation} {Status} attempt {Number} {Duration.TotalSeconds:0.00} s";
}
