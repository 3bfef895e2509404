using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;
using Replays.Simulation.Driver;
using Replays.Simulation.Faults;
using Replays.Simulation.Runtime;
using Replays.Simulation.Stores;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes outside the rules: in what carries messages, keeps time, guards or stops.</summary>
internal static class PortBugs
{
    /// <summary>The 2020 incident: a delivery goes to the patient of the last started consultation. All safeguards are on.</summary>
    public static PlantedBug MixUp { get; } = new("The 2020 mix-up meets the safeguards", _ => { }, DeliverToLastStarted);

    public static IEnumerable<PlantedBug> All =>
    [
        new("The 2020 mix-up", services => services.AddSingleton(Only(Safeguard.Presence, Safeguard.Record, Safeguard.Reader)),
            DeliverToLastStarted),
        new("An expired lease is accepted", services => services.AddSingleton<TimeProvider, StoppedStopwatch>()),
        new("Presence is not checked", services => services.AddSingleton(Only(
            Safeguard.Name, Safeguard.Caller, Safeguard.Ledger, Safeguard.Record, Safeguard.Key, Safeguard.Reader))),
        new("A restore shows what another open incident holds", services => services.AddSingleton<IStopList, CarelessRestore>()),
        new("Withdrawn replays are not stopped", services => services.AddSingleton<IStopList, CarelessWithdrawal>()),
    ];

    private static EnabledSafeguards Only(params Safeguard[] enabled) => new(enabled);

    private static void DeliverToLastStarted(World world)
    {
        PatientId? lastStarted = null;
        world.Cluster.Misroute = call =>
        {
            if (call.Method.Name == nameof(IConsultationGrain.Start))
                lastStarted = ConsultationId.Parse(call.Target.Key.ToString()!).Patient;
            return call.Method.Name == nameof(IPatientGrain.AcceptReplay) && lastStarted is { } patient
                ? call with { Target = GrainTypes.IdOf<IPatientGrain>(patient.Name) }
                : call;
        };
    }

    /// <summary>Tells the time, but measures none.</summary>
    private sealed class StoppedStopwatch(SimulatedClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => 0;
    }

    private sealed class CarelessRestore(StopTables tables, FaultInjector faults, TimeProvider time)
        : SimulatedStopList(tables, faults, time)
    {
        public override Task Restore(string incident, CancellationToken cancellation) => Change("restore", () =>
        {
            Release(incident);
            return true;
        });
    }

    private sealed class CarelessWithdrawal(StopTables tables, FaultInjector faults, TimeProvider time)
        : SimulatedStopList(tables, faults, time)
    {
        public override Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
            Task.CompletedTask;
    }
}
