using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>Workers who do the main job again and again, each for patients of its own, until they are told to stop.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    private const int ConsultationsAPatient = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<ExpectedState> _promises = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _workers;
    private int _journeys;

    /// <param name="apis">Whom the workers ask: Api nodes, or a proxy in front of them.</param>
    /// <param name="seed">Of what each worker does by chance.</param>
    /// <param name="workers">How many.</param>
    public LoadRun(IReadOnlyList<Uri> apis, int seed, int workers)
    {
        LoadClient = new(apis);
        _workers = [.. Enumerable.Range(0, workers).Select(worker => Task.Run(() => Work(new Random(seed + worker))))];
    }

    public LoadClient LoadClient { get; }

    public IEnumerable<ExpectedState> ExpectedState => _promises;

    public IEnumerable<Attempt> Attempts => LoadClient.Attempts;

    /// <summary>Waits until so many more consultations were carried through.</summary>
    public async Task Carries(int more)
    {
        var goal = Volatile.Read(ref _journeys) + more;
        await Until(() => Volatile.Read(ref _journeys) >= goal, $"{more} more consultations");
    }

    /// <summary>Waits until, over the last two seconds, at least 99 of 100 requests were answered.</summary>
    public Task Recovers()
    {
        var since = Stopwatch.GetTimestamp();
        return Until(
            () =>
            {
                var recent = Attempts.Where(a => a.Ended >= since && Stopwatch.GetElapsedTime(a.Ended) < Window).ToList();
                return Stopwatch.GetElapsedTime(since) > Window && recent.Count > 10 && recent.Count(a => a.Failed) * 100 <= recent.Count;
            },
            "99 % of requests answered");
    }

    /// <summary>Lets every worker carry its consultation to the end.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers).WaitAsync(TimeSpan.FromMinutes(4));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers).WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LoadClient.Dispose();
        _stopping.Dispose();
    }

    /// <summary>How long after a moment the last two seconds were in which more than 1 of 100 requests failed; zero when there were none.</summary>
    /// <param name="after">By the stopwatch.</param>
    /// <param name="before">What happened later doesn't count.</param>
    public TimeSpan BackTo99(long after, long before = long.MaxValue)
    {
        var ended = Attempts.Where(a => a.Ended >= after && a.Ended < before).OrderBy(a => a.Ended).ToList();
        foreach (var failed in ended.Where(a => a.Failed).Reverse())
        {
            var around = ended.Where(a => (Stopwatch.GetElapsedTime(a.Ended, failed.Ended)).Duration() < Window / 2).ToList();
            if (around.Count(a => a.Failed) * 100 > around.Count)
                return Stopwatch.GetElapsedTime(after, failed.Ended);
        }
        return TimeSpan.Zero;
    }

    /// <summary>How many requests failed of how many, for each second after a moment in which any did.</summary>
    public string FailedBySecond(long after) => string.Join(", ", Attempts.Where(a => a.Ended >= after)
        .GroupBy(a => (int)Stopwatch.GetElapsedTime(after, a.Ended).TotalSeconds).OrderBy(second => second.Key)
        .Where(second => second.Any(a => a.Failed)).Select(second => $"{second.Key} s: {second.Count(a => a.Failed)} of {second.Count()}"));

    private async Task Work(Random random)
    {
        // Where tests share two cores with others, a load that takes both would only measure itself.
        using var pace = new PeriodicTimer(Settings.RunsAll ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(500));
        while (true)
        {
            var promises = new ExpectedState($"p-{Guid.NewGuid():n}");
            _promises.Enqueue(promises);
            for (var n = 0; n < ConsultationsAPatient; n++)
            {
                if (_stopping.IsCancellationRequested)
                    return;
                await pace.WaitForNextTickAsync();
                await new LoadScenario(LoadClient, promises, random).Go();
                Interlocked.Increment(ref _journeys);
            }
        }
    }

    private async Task Until(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            if (_workers.FirstOrDefault(worker => worker.IsFaulted) is { } broken)
                await broken;
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2), $"Not within 2 minutes: {what}. {string.Join("; ", Attempts.TakeLast(20))}");
            await ticks.WaitForNextTickAsync();
        }
    }
}
