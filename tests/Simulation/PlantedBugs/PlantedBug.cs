using Microsoft.Extensions.DependencyInjection;
using Replays.Simulation.Driver;

namespace Replays.Simulation.PlantedBugs;

/// <summary>A mistake that somebody could make, and that the simulator must find.</summary>
/// <param name="Name">What is wrong, as a sentence.</param>
/// <param name="Plant">Replaces rules or ports.</param>
/// <param name="Misroute">Changes how messages travel.</param>
internal sealed record PlantedBug(string Name, Action<IServiceCollection> Plant, Action<World>? Misroute = null)
{
    public override string ToString() => Name;
}
