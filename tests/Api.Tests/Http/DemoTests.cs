using System.Diagnostics;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class DemoTests
{
    [Fact]
    public async Task Killed_in_the_middle_the_demo_shows_every_acknowledged_replay_at_its_next_start()
    {
        var directory = Directory.CreateTempSubdirectory("replays-demo-").FullName;
        await using (var demo = new ProgramProcess("Api", directory, new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = "Development",
        }))
        {
            demo.Launch("demo", "--urls", demo.Address.ToString());
            await Says(demo, "recordings/1: available");
            demo.Kill();
            demo.Launch("demo", "--urls", demo.Address.ToString());
            await Says(demo, "Serving at");
            // The first run's audio replay, acknowledged before the kill, and the second run's two.
            Assert.Contains("     1-1 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("     2-1 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("     2-2 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("replays: 0", demo.Output, StringComparison.Ordinal);
        }
        Directory.Delete(directory, recursive: true);
    }

    private static async Task Says(ProgramProcess demo, string words)
    {
        for (var waited = Stopwatch.StartNew(); !demo.Output.Contains(words, StringComparison.Ordinal); await Task.Yield())
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), $"The demo did not say '{words}': {demo.Output}");
    }
}
