namespace Replays.Data.StopList;

/// <summary>
/// How long a good read may be answered by: while it began under 750 ms ago, by the monotonic clock and, because that one stands still while a
/// machine sleeps, by the wall clock as well. A wall clock that is put back does not matter; one put forward fails closed until the next read.
/// </summary>
internal readonly record struct Freshness(long Began, DateTimeOffset BeganAt)
{
    /// <summary>Also how long a writer waits after its commit: a reader that missed it began before, and is out of date by then.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(750);

    /// <summary>How often every process reads.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static Freshness Begin(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public bool Holds(TimeProvider time) => time.GetElapsedTime(Began) < Limit && time.GetUtcNow() - BeganAt < Limit;
}
