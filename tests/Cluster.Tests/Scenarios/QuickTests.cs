using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>What every run of the tests shows. The rest: <see cref="LongTests"/>.</summary>
[Collection(QuickCluster.Name)]
public sealed class QuickTests(QuickCluster quick)
{
    [Fact]
    public async Task A_silo_that_is_killed_takes_nothing_with_it_that_was_acknowledged()
    {
        await using var scenario = new Scenario(quick.Processes);
        var victim = quick.Processes.Silos[scenario.Random.Next(2)];
        await scenario.Run(
            () =>
            {
                victim.Kill();
                return Task.CompletedTask;
            },
            within: TimeSpan.FromSeconds(5));
        await victim.Start();
    }

    [Fact]
    public async Task Nodes_are_restarted_under_load_and_a_second_try_mends_what_the_first_one_met()
    {
        await using var scenario = new Scenario(quick.Processes);
        var measured = await scenario.Run(
            async () =>
            {
                foreach (var node in Settings.RunsAll ? quick.Processes.All : [quick.Processes.Silos[0], quick.Processes.Apis[0]])
                {
                    node.Signal("TERM");
                    Assert.Equal(0, await node.Exit());
                    await node.Start();
                    // As whoever restarts them in production does: the next one when this one has worked.
                    await scenario.Load.Carries(2);
                }
            },
            within: TimeSpan.FromSeconds(5));
        var again = measured.Attempts.Where(a => a.Failed && a.Try > 1).ToList();
        // A machine that is busy with other tests is late at reading the stop list, and then rightly answers nothing.
        Assert.True(again.Count <= (Settings.RunsAll ? 0 : measured.Attempts.Count / 20), $"A second try failed: {string.Join("; ", again.Take(10))}");
    }
}
