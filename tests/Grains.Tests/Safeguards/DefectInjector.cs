using System.Collections.Concurrent;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>Runs code inside a grain's turn: the calls that the code makes have that grain as their source.</summary>
internal sealed class DefectInjector : IIncomingGrainCallFilter
{
    private const string Key = "tests.defect";

    private readonly ConcurrentDictionary<string, Func<Task>> _pending = new();

    /// <param name="call">Any call to the defective grain.</param>
    /// <param name="defect">Runs in the grain before the call does.</param>
    public async Task Inject(Func<Task> call, Func<Task> defect)
    {
        var id = Guid.NewGuid().ToString();
        _pending[id] = defect;
        RequestContext.Set(Key, id);
        try
        {
            await call();
        }
        finally
        {
            RequestContext.Remove(Key);
        }
        Assert.False(_pending.ContainsKey(id), "The defect was not injected.");
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (RequestContext.Get(Key) is string id && _pending.TryRemove(id, out var defect))
        {
            RequestContext.Remove(Key);
            await defect();
        }
        await context.Invoke();
    }
}
