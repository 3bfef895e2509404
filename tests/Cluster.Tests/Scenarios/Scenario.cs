using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>One fault under load: before it all is well, after it all is well again, and what was acknowledged is there, once, and nowhere else.</summary>
/// <param name="apis">Whom the load asks: Api nodes, or a proxy in front of them.</param>
internal sealed class Scenario(params IReadOnlyList<Uri> apis) : IAsyncDisposable
{
    /// <summary>No request of any kind takes longer. In a default run, beside other tests on a busy machine, a little more is allowed.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(Settings.RunsAll ? 5 : 15);

    /// <summary>For how long the load goes on when all should be well again.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(5);

    private readonly LoadRun _load = new(apis, Settings.Seed, workers: Settings.RunsAll ? 6 : 3);

    private readonly List<string> _notes = [];

    /// <summary>Asks all Api nodes in turn.</summary>
    public Scenario(ClusterProcesses cluster) : this([.. cluster.Apis.Select(api => api.Address)])
    {
    }

    public LoadRun Load => _load;

    /// <summary>Chooses what a scenario leaves open.</summary>
    public Random Random { get; } = new(Settings.Seed);

    /// <summary>Adds to the line of figures that the scenario prints.</summary>
    public void Note(string figures) => _notes.Add(figures);

    /// <summary>For so long a fault lasts.</summary>
    public static async Task Lasts(TimeSpan time)
    {
        var lasted = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (lasted.Elapsed < time)
            await ticks.WaitForNextTickAsync();
    }

    /// <summary>While a fault lasts: whether what is left of the cluster answers again, and goes on to.</summary>
    /// <param name="what">What has just happened.</param>
    /// <param name="within">How soon 99 of 100 requests are answered again.</param>
    public async Task Overcomes(string what, TimeSpan within)
    {
        var since = Stopwatch.GetTimestamp();
        await Lasts(within + Afterwards); // whatever hangs at first has failed by then
        await _load.Recovers();
        var back = _load.BackTo99(since, Stopwatch.GetTimestamp());
        Note($"99 % {back.TotalSeconds:0.0} s after {what}");
        Assert.True(!Settings.RunsAll || back <= within, $"99 % {back} after {what}, not within {within}. Failed: {_load.FailedBySecond(since)}");
    }

    /// <summary>Lets the load run, brings the fault, waits until it is overcome, and judges.</summary>
    /// <param name="fault">What happens; it returns when nothing is out of order any more but what must heal by itself.</param>
    /// <param name="within">How soon 99 of 100 requests are answered again, counted from the last moment that the fault lasted.</param>
    /// <returns>For a scenario's own conditions.</returns>
    public async Task<Measured> Run(Func<Task> fault, TimeSpan within)
    {
        Console.WriteLine($"{TestContext.Current.TestCase?.TestCaseDisplayName}: seed {Settings.Seed}");
        await _load.Carries(3);
        await _load.Recovers();
        var began = Stopwatch.GetTimestamp();
        await fault();
        var ended = Stopwatch.GetTimestamp();
        await _load.Recovers();
        await Lasts(Settings.RunsAll ? within + Afterwards : TimeSpan.Zero);
        await _load.Carries(3);
        await _load.Stop();

        var verdict = await ConsistencyCheck.Of(_load.LoadClient, [.. _load.ExpectedState]);
        var measured = new Measured(verdict, [.. _load.Attempts.Where(a => a.Ended >= began && a.What != "verify")], _load.BackTo99(ended));
        Console.WriteLine($"{TestContext.Current.TestCase?.TestCaseDisplayName}: {string.Join("; ", [measured, .. _notes])}");
        Assert.True(verdict.IsClean, verdict.ToString());
        Assert.DoesNotContain(measured.Attempts, a => a.Status == 500);
        Assert.True(measured.Longest.Took <= LongestRequest, $"Hung: {measured.Longest}");
        Assert.True(!Settings.RunsAll || measured.BackTo99 <= within, $"99 % after {measured.BackTo99}, not within {within}. Failed: {_load.FailedBySecond(ended)}");
        return measured;
    }

    public ValueTask DisposeAsync() => _load.DisposeAsync();

    /// <param name="Attempts">All requests since the fault began.</param>
    internal sealed record Measured(ConsistencyCheck ConsistencyCheck, IReadOnlyList<Attempt> Attempts, TimeSpan BackTo99)
    {
        public Attempt Longest => Attempts.MaxBy(a => a.Took);

        public override string ToString() =>
            $"{Attempts.Count} requests, {Attempts.Count(a => a.Failed)} failed ({string.Join(", ", Statuses())}), longest {Longest}, "
            + $"tried at most {Attempts.Max(a => a.Try)} times, 99 % after {BackTo99.TotalSeconds:0.0} s; last failed: {Attempts.LastOrDefault(a => a.Failed)}; {ConsistencyCheck}";

        private IEnumerable<string> Statuses() =>
            Attempts.Where(a => a.Failed).GroupBy(a => (a.What, a.Status)).OrderByDescending(g => g.Count()).Take(6)
                .Select(g => $"{g.Key.What} {g.Key.Status}: {g.Count()}");
    }
}
