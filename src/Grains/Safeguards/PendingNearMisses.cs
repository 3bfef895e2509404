using System.Collections.Concurrent;

namespace Replays.Grains.Safeguards;

/// <summary>Near-misses by cause, each with the times it came, until something opens incidents from them. Bounded.</summary>
public sealed class PendingNearMisses : INearMisses
{
    private const int MaxCauses = 1024;

    private readonly ConcurrentDictionary<(Lock, string), int> _causes = new();

    public IReadOnlyDictionary<(Lock RefusedBy, string Cause), int> Causes => _causes;

    /// <summary>Takes what is pending: it is the caller's now.</summary>
    public IReadOnlyList<(Lock RefusedBy, string Cause, int Times)> Take()
    {
        var taken = new List<(Lock, string, int)>();
        foreach (var (refusedBy, cause) in _causes.Keys)
        {
            if (_causes.TryRemove((refusedBy, cause), out var times))
                taken.Add((refusedBy, cause, times));
        }
        return taken;
    }

    public void Note(Lock refusedBy, string cause)
    {
        if (_causes.Count < MaxCauses || _causes.ContainsKey((refusedBy, cause)))
            _causes.AddOrUpdate((refusedBy, cause), 1, (_, times) => times + 1);
    }
}
