using Replays.Bench;
using Replays.Bench.OwnershipAudit;

// Each bench prints medians; where there is a peer, as ratios to the peer's, measured in the same run.
var benches = new Dictionary<string, Func<string[], Task>>
{
    ["seal"] = SealBench.Run,
    ["upload"] = UploadBench.Run,
    ["playback"] = PlaybackBench.Run,
    ["audit"] = OwnershipAuditBench.Run,
    ["verify"] = TrailVerificationBench.Run,
    ["list"] = ListBench.Run,
    ["cost"] = CostBench.Run,
};

if (args is ["serve", .. var serveArgs])
{
    await PlaybackBench.Serve(serveArgs);
    return 0;
}
if (args is not [var name, .. var rest] || !benches.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Name a bench: {string.Join(", ", benches.Keys)}.");
    return 2;
}
await run(rest);
return 0;
