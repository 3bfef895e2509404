using System.Diagnostics;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>Asks again and again until it is so, within a bound that is generous on a busy machine.</summary>
internal static class Eventually
{
    public static async Task Is(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), "It did not come about within two minutes.");
            await ticks.WaitForNextTickAsync();
        }
    }
}
