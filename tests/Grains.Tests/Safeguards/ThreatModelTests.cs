namespace Replays.Grains.Tests.Safeguards;

public sealed class ThreatModelTests
{
    [Fact]
    public void The_threat_model_lists_exactly_the_tested_faults_and_safeguards()
    {
        var documented = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "threat-model.md"))
            .SkipWhile(line => line != "|---|---|").Skip(1).TakeWhile(line => line.StartsWith('|'));
        var tested = Fault.All.Select(fault => $"| {fault.Name} | {string.Join(", ", fault.DeniedBy).ToLowerInvariant()} |");
        Assert.Equal(tested, documented);
    }
}
