using System.Collections.Concurrent;

namespace Replays.Grains.Safeguards;

/// <summary>Near-misses by cause, each with the times it came, until something opens incidents from them. Bounded.</summary>
public sealed class NearMissBuffer : INearMissRecorder
{
    private const int MaxCauses = 1024;

    private readonly ConcurrentDictionary<(Safeguard, string), int> _causes = new();

    public IReadOnlyDictionary<(Safeguard RefusedBy, string Cause), int> Causes => _causes;

    /// <summary>Takes what is pending: it is the caller's now.</summary>
    public IReadOnlyList<(Safeguard RefusedBy, string Cause, int Times)> Drain()
    {
        var taken = new List<(Safeguard, string, int)>();
        foreach (var (refusedBy, cause) in _causes.Keys)
        {
            if (_causes.TryRemove((refusedBy, cause), out var times))
                taken.Add((refusedBy, cause, times));
        }
        return taken;
    }

    public void Record(Safeguard refusedBy, string cause)
    {
        if (_causes.Count < MaxCauses || _causes.ContainsKey((refusedBy, cause)))
            _causes.AddOrUpdate((refusedBy, cause), 1, (_, times) => times + 1);
    }
}
