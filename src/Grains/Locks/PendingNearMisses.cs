using System.Collections.Concurrent;

namespace Replays.Grains.Locks;

/// <summary>Near-misses by cause, each with the times it came, until something opens incidents from them. Bounded.</summary>
public sealed class PendingNearMisses : INearMisses
{
    private const int MaxCauses = 1024;

    private readonly ConcurrentDictionary<(Lock, string), int> _causes = new();

    public IReadOnlyDictionary<(Lock RefusedBy, string Cause), int> Causes => _causes;

    public void Note(Lock refusedBy, string cause)
    {
        if (_causes.Count < MaxCauses || _causes.ContainsKey((refusedBy, cause)))
            _causes.AddOrUpdate((refusedBy, cause), 1, (_, times) => times + 1);
    }
}
