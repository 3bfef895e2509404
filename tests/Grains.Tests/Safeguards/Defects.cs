using System.Collections.Concurrent;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>Makes a grain do something that it never should, in its own turn and under its own name: a call it makes has that grain as its source.</summary>
internal sealed class Defects : IIncomingGrainCallFilter
{
    private const string Key = "tests.defect";

    private readonly ConcurrentDictionary<string, Func<Task>> _pending = new();

    /// <param name="call">Any call to the grain that is to misbehave.</param>
    /// <param name="defect">What it does before it answers.</param>
    public async Task Commit(Func<Task> call, Func<Task> defect)
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
        Assert.False(_pending.ContainsKey(id), "The defect did not happen.");
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
