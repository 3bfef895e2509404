using Microsoft.Extensions.DependencyInjection;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;
using Replays.Simulation.Runtime;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Driver;

/// <summary>One simulated service with its oracle.</summary>
internal sealed class World
{
    public static readonly PatientId[] Patients = [PatientId.Parse("ana"), PatientId.Parse("ben"), PatientId.Parse("cem")];

    public static readonly Actor Backend = new("app", "backend"), Recorder = new("recorder", "recorder");

    public static readonly Actor[] Officers = [new("officer-1", "officer"), new("officer-2", "officer")];

    public World(Action<IServiceCollection>? plant = null)
    {
        Cluster = new(cluster => SimulatedServices.Build(cluster, plant));
        Tables = Cluster.Services.GetRequiredService<StopTables>();
        Stops = Cluster.Services.GetRequiredService<IStopList>();
        Log = Cluster.Services.GetRequiredService<IIncidentLog>();
        Media = Cluster.Services.GetRequiredService<SimulatedMedia>();
        Keys = Cluster.Services.GetRequiredService<SimulatedPatientKeys>();
        NearMisses = Cluster.Services.GetRequiredService<SimulatedNearMisses>();
        Durable = new(Cluster.Storage, Tables, Keys);
    }

    public SimulatedCluster Cluster { get; }

    public IGrainFactory Grains => Cluster.Grains;

    public StopTables Tables { get; }

    public IStopList Stops { get; }

    public IIncidentLog Log { get; }

    public SimulatedMedia Media { get; }

    public SimulatedPatientKeys Keys { get; }

    public SimulatedNearMisses NearMisses { get; }

    public DurableState Durable { get; }

    public ExpectedState Expected { get; } = new();

    public TrailIndex Trails { get; } = new();

    public DateTimeOffset Now => Cluster.Clock.GetUtcNow();

    /// <summary>The first invariant that did not hold.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>What the present step led to, for the printed history.</summary>
    public string Outcome { get; set; } = "";

    public static Actor ActorFor(PatientId patient) => new(patient.Value, "patient");

    public bool IsUploadDeadlinePassed(ConsultationId consultation) =>
        Durable.Consultation(consultation)?.EndedAt is { } ended && Now - ended >= new ReplaysOptions().Recordings.UploadDeadline;

    public void Require(bool holds, string invariant, FormattableString message)
    {
        if (!holds)
            Violation ??= new(invariant, FormattableString.Invariant(message));
    }

    /// <summary>Calls a grain as a client does. An exception that a client must expect leaves the outcome unknown.</summary>
    /// <returns>Whether there was an answer.</returns>
    public bool TryCall<T>(Func<Task<T>> call, out T answer)
    {
        try
        {
            var task = call();
            answer = task.IsCompleted
                ? task.GetAwaiter().GetResult()
                : throw new InvalidOperationException("A task did not complete synchronously.");
            return true;
        }
        catch (Exception e) when (ExpectedFailures.IsExpected(e))
        {
            Outcome = e.GetType().Name;
        }
        catch (Exception e)
        {
            Outcome = e.GetType().Name;
            Require(false, "Grains_fail_only_as_expected", $"{e}");
        }
        answer = default!;
        return false;
    }

    public bool TryCall(Func<Task> call) => TryCall(
        async () =>
        {
            await call();
            return true;
        },
        out _);

    /// <summary>Calls a grain whose answer is a result; a rejection is an answer, and changes nothing.</summary>
    /// <returns>The value; null: unknown or rejected.</returns>
    public T? Call<T>(Func<Task<Result<T>>> call) where T : class
    {
        if (!TryCall(call, out var result))
            return null;
        Outcome = result.IsSuccess ? "ok" : result.Error.ToString();
        return result.IsSuccess ? result.Value : null;
    }
}
