using System.Diagnostics;
using Xunit;

namespace Replays.Grains.Tests;

/// <summary>Waits for a condition instead of sleeping.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Polls until the condition holds; fails the test with the message after <see cref="Timeout"/>.</summary>
    public static async Task Holds(Func<Task<bool>> condition, string message)
    {
        using var ticks = new PeriodicTimer(Interval);
        for (var waited = Stopwatch.StartNew(); !await condition(); await ticks.WaitForNextTickAsync())
            Assert.True(waited.Elapsed < Timeout, message);
    }

    public static Task Holds(Func<bool> condition, string message) => Holds(() => Task.FromResult(condition()), message);

    /// <summary>Repeats the call while it throws; after <see cref="Timeout"/> the exception goes to the caller.</summary>
    public static async Task<T> Succeeds<T>(Func<Task<T>> call)
    {
        using var ticks = new PeriodicTimer(Interval);
        for (var waited = Stopwatch.StartNew(); ; await ticks.WaitForNextTickAsync())
        {
            try
            {
                return await call();
            }
            catch (Exception) when (waited.Elapsed < Timeout)
            {
            }
        }
    }
}
