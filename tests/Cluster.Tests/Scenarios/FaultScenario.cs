using System.Diagnostics;
using Replays.Cluster.Tests.Load;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Scenarios;

/// <summary>
/// One fault under load. The cluster is healthy before it and recovers after it, and everything acknowledged exists exactly once, for its
/// patient only.
/// </summary>
/// <param name="apis">Api nodes, or a proxy in front of them.</param>
internal sealed class FaultScenario(params IReadOnlyList<Uri> apis) : IAsyncDisposable
{
    /// <summary>For every request of the load. A default run shares its machine with other tests and is allowed more.</summary>
    private static readonly TimeSpan MaxRequestDuration = TimeSpan.FromSeconds(Settings.IsFullRun ? 5 : 15);

    /// <summary>How long the load continues after the expected recovery.</summary>
    private static readonly TimeSpan ObservationTime = TimeSpan.FromSeconds(5);

    private readonly List<string> _figures = [];

    public FaultScenario(ClusterProcesses cluster) : this([.. cluster.Apis.Select(api => api.Address)])
    {
    }

    public LoadRun Load { get; } = new(apis, Settings.Seed, workers: Settings.IsFullRun ? 6 : 3);

    public Random Random { get; } = new(Settings.Seed);

    /// <summary>Adds to the figures that the scenario prints.</summary>
    public void AddFigures(string figures) => _figures.Add(figures);

    public static async Task Wait(TimeSpan time)
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (waited.Elapsed < time)
            await ticks.WaitForNextTickAsync();
    }

    /// <summary>Asserts that the rest of the cluster recovers while the fault lasts.</summary>
    /// <param name="fault">What has just happened.</param>
    /// <param name="limit">The longest time until 99 % of requests succeed again; asserted in a full run.</param>
    public async Task AssertRecovery(string fault, TimeSpan limit)
    {
        var since = Stopwatch.GetTimestamp();
        await Wait(limit + ObservationTime); // requests that hang at first have failed by then
        await Load.WaitForRecovery();
        var recovery = Load.TimeToRecovery(since, Stopwatch.GetTimestamp());
        AddFigures($"99 % {recovery.TotalSeconds:0.0} s after {fault}");
        Assert.True(
            !Settings.IsFullRun || recovery <= limit,
            $"99 % {recovery} after {fault}, not within {limit}. Failed: {Load.FailuresBySecond(since)}");
    }

    /// <summary>Runs the load, injects the fault, waits for recovery and verifies the result.</summary>
    /// <param name="fault">Returns when only what must recover by itself is still impaired.</param>
    /// <param name="recoveryLimit">The longest time from its end until 99 % of requests succeed; asserted in a full run.</param>
    public async Task<Measurements> Run(Func<Task> fault, TimeSpan recoveryLimit)
    {
        var name = TestContext.Current.TestCase?.TestCaseDisplayName;
        Console.WriteLine($"{name}: seed {Settings.Seed}");
        await Load.WaitForConsultations(3);
        await Load.WaitForRecovery();
        var started = Stopwatch.GetTimestamp();
        await fault();
        var ended = Stopwatch.GetTimestamp();
        await Load.WaitForRecovery();
        await Wait(Settings.IsFullRun ? recoveryLimit + ObservationTime : TimeSpan.Zero);
        await Load.WaitForConsultations(3);
        await Load.Stop();

        var check = await ConsistencyCheck.Run(Load.Client, [.. Load.Expected]);
        var attempts = Load.Attempts.Where(a => a.EndedAt >= started && a.Operation != ConsistencyCheck.ListOperation);
        var measurements = new Measurements(check, [.. attempts], Load.TimeToRecovery(ended));
        Console.WriteLine($"{name}: {string.Join("; ", [measurements, .. _figures])}");
        Assert.True(check.IsClean, check.ToString());
        Assert.DoesNotContain(measurements.Attempts, a => a.Status == 500);
        Assert.True(measurements.Longest.Duration <= MaxRequestDuration, $"Hung: {measurements.Longest}");
        Assert.True(
            !Settings.IsFullRun || measurements.Recovery <= recoveryLimit,
            $"99 % after {measurements.Recovery}, not within {recoveryLimit}. Failed: {Load.FailuresBySecond(ended)}");
        return measurements;
    }

    public ValueTask DisposeAsync() => Load.DisposeAsync();

    /// <param name="Attempts">All requests since the fault began.</param>
    internal sealed record Measurements(ConsistencyCheck Check, IReadOnlyList<Attempt> Attempts, TimeSpan Recovery)
    {
        public Attempt Longest => Attempts.MaxBy(a => a.Duration);

        public IEnumerable<Attempt> FailedRetries => Attempts.Where(a => a.Failed && a.Number > 1);

        public override string ToString() =>
            $"{Attempts.Count} requests, {Attempts.Count(a => a.Failed)} failed ({string.Join(", ", FailuresByStatus())}), "
            + $"longest {Longest}, at most {Attempts.Max(a => a.Number)} attempts, 99 % after {Recovery.TotalSeconds:0.0} s; "
            + $"last failure: {Attempts.LastOrDefault(a => a.Failed)}; {Check}";

        private IEnumerable<string> FailuresByStatus() =>
            Attempts.Where(a => a.Failed).GroupBy(a => (a.Operation, a.Status)).OrderByDescending(g => g.Count()).Take(6)
                .Select(g => $"{g.Key.Operation} {g.Key.Status}: {g.Count()}");
    }
}
