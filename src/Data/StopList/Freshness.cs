namespace Replays.Data.StopList;

/// <summary>
/// Whether a read that started at a given time is still valid. Checks both the monotonic clock and the wall clock, because the monotonic
/// clock stops while the machine sleeps. A wall clock set forward invalidates the read; one set back has no effect.
/// </summary>
internal readonly record struct Freshness(long Start, DateTimeOffset StartedAt)
{
    /// <summary>Also the time that a writer waits after its commit: by then, any read that missed the commit has expired.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(750);

    /// <summary>The poll interval.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static Freshness Begin(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public bool Holds(TimeProvider time) => time.GetElapsedTime(Start) < Limit && time.GetUtcNow() - StartedAt < Limit;
}
