using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>Polls until a condition holds; after the timeout, fails with the text of the condition.</summary>
internal static class Wait
{
    public static async Task Until(
        Func<Task<bool>> condition, int seconds = 60, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await ticks.WaitForNextTickAsync();
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(seconds), $"Not true within {seconds} seconds: {text}");
        }
    }

    public static Task Until(
        Func<bool> condition, int seconds = 60, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        Until(() => Task.FromResult(condition()), seconds, text);
}
