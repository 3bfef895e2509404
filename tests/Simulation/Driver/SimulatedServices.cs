using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Orleans.Timers;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Incidents;
using Replays.Grains.Keys;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Grains.Storage;
using Replays.Simulation.Runtime;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Driver;

/// <summary>What the grains are made with: the real rules and safeguards over modelled stores.</summary>
internal static class SimulatedServices
{
    public static IServiceProvider Build(SimulatedCluster cluster, Action<IServiceCollection>? plant)
    {
        var services = new ServiceCollection();
        services.AddSingleton(cluster).AddSingleton(cluster.Faults).AddSingleton(cluster.Clock).AddSingleton<TimeProvider>(cluster.Clock);
        services.AddSingleton<IGrainFactory>(cluster.Grains);
        services.AddSingleton<ITimerRegistry>(cluster.Timers).AddSingleton<IReminderRegistry>(cluster.Reminders);
        services.AddKeyedSingleton<IGrainStorage>(ReplaysStorage.Name, cluster.Storage);
        services.AddSingleton<StopTables>().AddSingleton<SimulatedMedia>().AddSingleton<SimulatedPatientKeys>();
        services.AddSingleton<SimulatedNearMisses>();
        services.AddSingleton<IStopList, SimulatedStopList>().AddSingleton<IIncidentLog, SimulatedIncidentLog>();
        services.AddSingleton<IMediaObjects>(provider => provider.GetRequiredService<SimulatedMedia>());
        services.AddSingleton<IPatientKeys>(provider => provider.GetRequiredService<SimulatedPatientKeys>());
        services.AddSingleton<INearMissRecorder>(provider => provider.GetRequiredService<SimulatedNearMisses>());
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(Options.Create(new ReplaysOptions { Consent = new() { AllowAttested = true } }));
        services.AddSingleton(new EnabledSafeguards()).AddSingleton<SafeguardDenials>();
        services.AddSingleton<KeySafeguard>().AddSingleton<ConsultationRules>().AddSingleton<LedgerRules>().AddSingleton<IncidentRules>()
            .AddSingleton<AuditTrailRules>();
        plant?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
