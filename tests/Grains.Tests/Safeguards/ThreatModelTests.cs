namespace Replays.Grains.Tests.Safeguards;

public sealed class ThreatModelTests
{
    [Fact]
    public void The_threat_model_names_the_faults_and_locks_that_are_tested()
    {
        var written = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "threat-model.md"))
            .SkipWhile(line => line != "|---|---|").Skip(1).TakeWhile(line => line.StartsWith('|'));
        var tested = Fault.All.Select(fault => $"| {fault.Name} | {string.Join(", ", fault.RefusedBy).ToLowerInvariant()} |");
        Assert.Equal(tested, written);
    }
}
