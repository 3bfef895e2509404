using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>Workers that repeat the <see cref="LoadScenario"/>, each for its own patients, until they are stopped.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    private const int ConsultationsPerPatient = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<ExpectedState> _expected = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _workers;
    private int _completed;

    /// <param name="apis">Api nodes, or a proxy in front of them.</param>
    /// <param name="seed">Of the workers' random choices.</param>
    public LoadRun(IReadOnlyList<Uri> apis, int seed, int workers)
    {
        Client = new(apis);
        _workers = [.. Enumerable.Range(0, workers).Select(worker => Task.Run(() => Work(new Random(seed + worker))))];
    }

    public LoadClient Client { get; }

    public IEnumerable<ExpectedState> Expected => _expected;

    public IEnumerable<Attempt> Attempts => Client.Attempts;

    /// <summary>Waits until this many more consultations are completed.</summary>
    public async Task WaitForConsultations(int count)
    {
        var goal = Volatile.Read(ref _completed) + count;
        await Until(() => Volatile.Read(ref _completed) >= goal, $"{count} more consultations");
    }

    /// <summary>Waits until at least 99 % of the requests of the last two seconds succeeded.</summary>
    public Task WaitForRecovery()
    {
        var since = Stopwatch.GetTimestamp();
        return Until(
            () =>
            {
                var recent = Attempts.Where(a => a.EndedAt >= since && Stopwatch.GetElapsedTime(a.EndedAt) < Window).ToList();
                return Stopwatch.GetElapsedTime(since) > Window && recent.Count > 10 && recent.Count(a => a.Failed) * 100 <= recent.Count;
            },
            "99 % of requests succeeded");
    }

    /// <summary>Stops the workers after their current consultation.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers).WaitAsync(TimeSpan.FromMinutes(4));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers).WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Client.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The time from a moment to the last failure in a two-second window in which more than 1 % failed.</summary>
    /// <param name="after">As a <see cref="Stopwatch"/> timestamp.</param>
    /// <param name="before">Ignores later attempts.</param>
    /// <returns>Zero if there was no such window.</returns>
    public TimeSpan TimeToRecovery(long after, long before = long.MaxValue)
    {
        var attempts = Attempts.Where(a => a.EndedAt >= after && a.EndedAt < before).OrderBy(a => a.EndedAt).ToList();
        foreach (var failed in attempts.Where(a => a.Failed).Reverse())
        {
            var window = attempts.Where(a => Stopwatch.GetElapsedTime(a.EndedAt, failed.EndedAt).Duration() < Window / 2).ToList();
            if (window.Count(a => a.Failed) * 100 > window.Count)
                return Stopwatch.GetElapsedTime(after, failed.EndedAt);
        }
        return TimeSpan.Zero;
    }

    /// <summary>The number of failed and of all attempts, for each second with a failure.</summary>
    public string FailuresBySecond(long after) => string.Join(", ", Attempts.Where(a => a.EndedAt >= after)
        .GroupBy(a => (int)Stopwatch.GetElapsedTime(after, a.EndedAt).TotalSeconds).OrderBy(second => second.Key)
        .Where(second => second.Any(a => a.Failed)).Select(second => $"{second.Key} s: {second.Count(a => a.Failed)} of {second.Count()}"));

    private async Task Work(Random random)
    {
        // A default run shares two cores with other tests; saturating them would measure only the load itself.
        using var pace = new PeriodicTimer(Settings.IsFullRun ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(500));
        while (true)
        {
            var expected = new ExpectedState($"p-{Guid.NewGuid():n}");
            _expected.Enqueue(expected);
            for (var i = 0; i < ConsultationsPerPatient; i++)
            {
                if (_stopping.IsCancellationRequested)
                    return;
                await pace.WaitForNextTickAsync();
                await new LoadScenario(Client, expected, random).Run();
                Interlocked.Increment(ref _completed);
            }
        }
    }

    private async Task Until(Func<bool> condition, string description)
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            if (_workers.FirstOrDefault(worker => worker.IsFaulted) is { } faulted)
                await faulted;
            Assert.True(
                waited.Elapsed < TimeSpan.FromMinutes(2), $"Not in 2 minutes: {description}. {string.Join("; ", Attempts.TakeLast(20))}");
            await ticks.WaitForNextTickAsync();
        }
    }
}
