using Replays.Bench;
using Replays.Bench.Audit;

// One class a bench; each prints its medians beside its peer's, as ratios measured in the same run.
var benches = new Dictionary<string, Func<string[], Task>>
{
    ["seal"] = SealBench.Run,
    ["upload"] = UploadBench.Run,
    ["playback"] = PlaybackBench.Run,
    ["audit"] = AuditBench.Run,
    ["verify"] = VerifyBench.Run,
    ["list"] = ListBench.Run,
    ["cost"] = CostBench.Run,
};

if (args is ["serve", .. var served])
{
    await PlaybackBench.Serve(served);
    return 0;
}
if (args is not [var name, .. var rest] || !benches.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Say which: {string.Join(", ", benches.Keys)}.");
    return 2;
}
await run(rest);
return 0;
