using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

public sealed class EmbeddedClockRollbackTests
{
    [Fact]
    public async Task An_embedded_silo_survives_a_clock_step_forward_and_a_small_one_back_and_stops_when_the_clock_goes_back_by_minutes()
    {
        using var clock = await SteppedClock.Create();
        var directory = Directory.CreateTempSubdirectory("replays-clock-api-");
        var settings = new Dictionary<string, string?>(TestTokens.Settings.Concat(clock.Settings));
        await using (var api = new ProgramProcess("Api", directory.FullName, settings))
        {
            await api.Start();
            clock.SetOffset(TimeSpan.FromHours(1));
            await FaultScenario.Wait(TimeSpan.FromSeconds(1));
            clock.SetOffset(TimeSpan.FromMinutes(59));
            await FaultScenario.Wait(TimeSpan.FromSeconds(1));
            await api.Ready();
            Assert.DoesNotContain("clock was put back", api.Output, StringComparison.Ordinal);

            clock.SetOffset(TimeSpan.FromHours(-1));
            Assert.Equal(0, await api.Exit());
            Assert.Contains("The clock was put back by 0", api.Output, StringComparison.Ordinal);
        }
        directory.Delete(recursive: true);
    }
}
