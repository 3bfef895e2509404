using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class DemoTests
{
    [Fact]
    public async Task After_a_crash_the_demo_shows_every_acknowledged_replay()
    {
        var directory = Directory.CreateTempSubdirectory("replays-demo-").FullName;
        await using (var demo = new ProgramProcess("Api", directory, new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = "Development",
        }))
        {
            demo.Launch("demo", "--urls", demo.Address.ToString());
            await WaitForOutput(demo, "recordings/1: available");
            demo.Kill();
            demo.Launch("demo", "--urls", demo.Address.ToString());
            await WaitForOutput(demo, "Serving at");
            // The audio replay of the first run, acknowledged before the kill, and both replays of the second run.
            Assert.Contains("     1-1 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("     2-1 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("     2-2 ", demo.Output, StringComparison.Ordinal);
            Assert.Contains("replays: 0", demo.Output, StringComparison.Ordinal);
        }
        Directory.Delete(directory, recursive: true);
    }

    private static Task WaitForOutput(ProgramProcess demo, string text) =>
        Wait.Until(() => demo.Output.Contains(text, StringComparison.Ordinal), text: $"'{text}' in the output of the demo");
}
