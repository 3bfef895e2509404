using System.Diagnostics;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>Asks again and again until it is so, within a bound that is generous on a busy machine.</summary>
internal static class Eventually
{
    public static async Task Is(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "It did not come about within a minute.");
    }
}
