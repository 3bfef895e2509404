using Replays.Grains.Safeguards;

namespace Replays.Simulation.Stores;

/// <summary>Near misses in the order in which they came.</summary>
internal sealed class SimulatedNearMisses : INearMissRecorder
{
    private readonly List<(Safeguard RefusedBy, string Cause)> _causes = [];

    public int Count { get; private set; }

    public void Record(Safeguard refusedBy, string cause)
    {
        Count++;
        if (!_causes.Contains((refusedBy, cause)))
            _causes.Add((refusedBy, cause));
    }

    public List<(Safeguard RefusedBy, string Cause)> Drain()
    {
        var taken = _causes.ToList();
        _causes.Clear();
        return taken;
    }
}
