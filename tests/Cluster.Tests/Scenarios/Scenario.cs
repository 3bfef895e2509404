using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>One fault under load: before it all is well, after it all is well again, and what was acknowledged is there, once, and nowhere else.</summary>
internal sealed class Scenario(ClusterProcesses cluster) : IAsyncDisposable
{
    /// <summary>No request of any kind takes longer. In a default run, beside other tests on a busy machine, a little more is allowed.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(Settings.RunsAll ? 5 : 8);

    private readonly LoadRun _load = new(cluster.Apis, Settings.Seed, workers: Settings.RunsAll ? 6 : 3);

    public LoadRun Load => _load;

    /// <summary>Chooses what a scenario leaves open.</summary>
    public Random Random { get; } = new(Settings.Seed);

    /// <summary>Lets the load run, brings the fault, waits until it is overcome, and judges.</summary>
    /// <param name="fault">What happens; it returns when nothing is out of order any more but what must heal by itself.</param>
    /// <param name="within">How soon 99 of 100 requests are answered again, counted from the last moment that the fault lasted.</param>
    /// <returns>For a scenario's own conditions.</returns>
    public async Task<Measured> Run(Func<Task> fault, TimeSpan within)
    {
        await _load.Carries(3);
        await _load.Recovers();
        var began = Stopwatch.GetTimestamp();
        await fault();
        var ended = Stopwatch.GetTimestamp();
        await _load.Recovers();
        await _load.Carries(3);
        await _load.Stop();

        var verdict = await Verdict.Of(_load.Users, [.. _load.Promises]);
        var measured = new Measured(verdict, [.. _load.Attempts.Where(a => a.Ended >= began && a.What != "verify")], _load.BackTo99(ended));
        Console.WriteLine($"{TestContext.Current.TestMethod?.MethodName}, seed {Settings.Seed}: {measured}");
        Assert.True(verdict.IsClean, verdict.ToString());
        Assert.True(measured.Longest.Took <= LongestRequest, $"Hung: {measured.Longest}");
        Assert.True(!Settings.RunsAll || measured.BackTo99 <= within, $"99 % after {measured.BackTo99}, not within {within}.");
        return measured;
    }

    public ValueTask DisposeAsync() => _load.DisposeAsync();

    /// <param name="Attempts">All requests since the fault began.</param>
    internal sealed record Measured(Verdict Verdict, IReadOnlyList<Attempt> Attempts, TimeSpan BackTo99)
    {
        public Attempt Longest => Attempts.MaxBy(a => a.Took);

        public override string ToString() =>
            $"{Attempts.Count} requests, {Attempts.Count(a => a.Failed)} failed ({string.Join(", ", Statuses())}), longest {Longest}, "
            + $"tried at most {Attempts.Max(a => a.Try)} times, 99 % after {BackTo99.TotalSeconds:0.0} s; last failed: {Attempts.LastOrDefault(a => a.Failed)}; {Verdict}";

        private IEnumerable<string> Statuses() =>
            Attempts.Where(a => a.Failed).GroupBy(a => (a.What, a.Status)).OrderByDescending(g => g.Count()).Take(6)
                .Select(g => $"{g.Key.What} {g.Key.Status}: {g.Count()}");
    }
}
