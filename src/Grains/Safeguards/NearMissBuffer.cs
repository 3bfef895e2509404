using System.Collections.Concurrent;

namespace Replays.Grains.Safeguards;

/// <summary>Near misses and their occurrences, until a worker opens incidents for them. Holds at most 1,024 causes.</summary>
public sealed class NearMissBuffer : INearMissRecorder
{
    private const int MaxCauses = 1024;

    private readonly ConcurrentDictionary<(Safeguard, string), int> _causes = new();

    public IReadOnlyDictionary<(Safeguard DeniedBy, string Cause), int> Causes => _causes;

    /// <summary>Removes and returns everything in the buffer.</summary>
    public IReadOnlyList<(Safeguard DeniedBy, string Cause, int Occurrences)> Drain()
    {
        var drained = new List<(Safeguard, string, int)>();
        foreach (var (deniedBy, cause) in _causes.Keys)
        {
            if (_causes.TryRemove((deniedBy, cause), out var occurrences))
                drained.Add((deniedBy, cause, occurrences));
        }
        return drained;
    }

    public void Record(Safeguard deniedBy, string cause)
    {
        if (_causes.Count < MaxCauses || _causes.ContainsKey((deniedBy, cause)))
            _causes.AddOrUpdate((deniedBy, cause), 1, (_, occurrences) => occurrences + 1);
    }
}
