using Microsoft.Extensions.DependencyInjection;
using Replays.Simulation.Driver;

namespace Replays.Simulation.PlantedBugs;

/// <summary>A mistake that somebody could make, and that the simulator must find.</summary>
/// <param name="Name">What is wrong, as a sentence.</param>
/// <param name="Plant">Replaces rules or ports.</param>
/// <param name="Misroute">Changes how messages travel.</param>
internal sealed record PlantedBug(string Name, Action<IServiceCollection> Plant, Action<World>? Misroute = null)
{
    public static IReadOnlyList<PlantedBug> All { get; } =
        [.. PortBugs.All, .. ConsultationBugs.All, .. RecordingBugs.All, .. LedgerBugs.All, .. IncidentBugs.All];

    public static PlantedBug InRules<TRules, TBuggy>(string name) where TRules : class where TBuggy : class, TRules =>
        new(name, services => services.AddSingleton<TRules, TBuggy>());

    public override string ToString() => Name;
}
