using Replays.Simulation.Faults;
using Replays.Simulation.Histories;

namespace Replays.Simulation;

public class InvariantTests(SeedRun run, ITestOutputHelper output) : IClassFixture<SeedRun>
{
    [Fact]
    public void Invariants_hold_over_2000_seeds()
    {
        output.WriteLine($"{run.Seeds} seeds in {run.Elapsed.TotalSeconds:0.0} s");
        Assert.True(run.Failures.Count == 0, run.DescribeFailures());
    }

    [Fact]
    public void Every_fault_really_happens()
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            output.WriteLine($"{kind}: {run.InjectedFaults[(int)kind]}");
            Assert.True(run.InjectedFaults[(int)kind] >= run.Seeds / 50, $"{kind} happened {run.InjectedFaults[(int)kind]} times.");
        }
    }

    [Theory]
    [InlineData("consultation.settled")]
    [InlineData("consultation.cancelled")]
    [InlineData("consultation.mode-switched")]
    [InlineData("consent.withdrawn")]
    [InlineData("recording.discarded")]
    [InlineData("replay.delivered")]
    [InlineData("replay.withdrawn")]
    [InlineData("replay.key-destroyed")]
    [InlineData("replay.restored")]
    [InlineData("hold.set")]
    [InlineData("patient.erased")]
    public void Histories_reach_what_matters(string auditEntryKind)
    {
        var count = run.AuditEntries.GetValueOrDefault(auditEntryKind);
        output.WriteLine($"{count}");
        Assert.True(count >= run.Seeds / 50, $"{auditEntryKind} happened {count} times.");
    }

    [Fact]
    public void The_same_seed_runs_the_same_history()
    {
        foreach (var seed in Enumerable.Range(1, 50))
        {
            var (first, second) = (HistoryGenerator.Generate(seed), HistoryGenerator.Generate(seed));
            Assert.Equal(first, second);
            Assert.Equal(Driver.Simulation.Run(first).Lines, Driver.Simulation.Run(second).Lines);
        }
    }
}
