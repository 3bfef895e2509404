using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>The wall clock of a process with a silo is put back.</summary>
public sealed class ClockPutBackTests
{
    [Fact]
    public async Task An_embedded_silo_lives_with_its_clock_put_forward_and_a_little_back_and_ends_when_it_is_put_back_by_minutes()
    {
        using var clock = await SteppedClock.Make();
        var directory = Directory.CreateTempSubdirectory("replays-clock-api-");
        await using (var api = new ProgramProcess("Api", directory.FullName, new Dictionary<string, string?>(TestTokens.Settings.Concat(clock.Settings))))
        {
            await api.Start();
            clock.Set(TimeSpan.FromHours(1));
            await Scenario.Lasts(TimeSpan.FromSeconds(1));
            clock.Set(TimeSpan.FromMinutes(59));
            await Scenario.Lasts(TimeSpan.FromSeconds(1));
            await api.Ready();
            Assert.DoesNotContain("clock was put back", api.Output, StringComparison.Ordinal);

            clock.Set(TimeSpan.FromHours(-1));
            Assert.Equal(0, await api.Exit());
            Assert.Contains("The clock was put back by 0", api.Output, StringComparison.Ordinal);
        }
        directory.Delete(recursive: true);
    }
}
