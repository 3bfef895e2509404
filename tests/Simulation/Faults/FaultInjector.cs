using Replays.Simulation.Runtime;

namespace Replays.Simulation.Faults;

/// <summary>
/// Injects the fault of the present step at the effect or call that it names, and counts the faults that really happened.
/// </summary>
internal sealed class FaultInjector
{
    private Fault? _fault;
    private int _matches;
    private bool _isSuspended;

    public SimulatedCluster? Cluster { get; set; }

    public int[] Injected { get; } = new int[Enum.GetValues<FaultKind>().Length];

    /// <summary>What the present step's fault hit; null: nothing yet.</summary>
    public string? Hit { get; private set; }

    public FaultKind? HitKind { get; private set; }

    public void Begin(Fault? fault) => (_fault, _matches, Hit, HitKind) = (fault, 0, null, null);

    public void End() => _fault = null;

    /// <summary>Performs an effect on something durable, with the faults that can happen around it.</summary>
    public T Around<T>(EffectKind kind, string description, Func<T> effect)
    {
        Before(kind, description);
        var result = effect();
        After(kind, description);
        return result;
    }

    public void Before(EffectKind kind, string description)
    {
        Cluster!.ThrowIfDead();
        switch (_fault?.Kind)
        {
            case FaultKind.Interleaved when Strikes(description):
                Cluster.RunInterleaved();
                Cluster.ThrowIfDead();
                break;
            case FaultKind.CrashBefore when Strikes(description):
                Cluster.CrashAll();
                break;
            case FaultKind.ActivationLostBefore when Cluster.Current is not null && Strikes(description):
                Cluster.CrashCurrent();
                break;
            case FaultKind.DatabaseFailsBefore when kind is EffectKind.Database && Strikes(description):
                throw new DatabaseFailure();
        }
    }

    public void After(EffectKind kind, string description)
    {
        switch (_fault?.Kind)
        {
            case FaultKind.CrashAfter when Strikes(description):
                Cluster!.CrashAll();
                break;
            case FaultKind.ActivationLostAfter when Cluster!.Current is not null && Strikes(description):
                Cluster.CrashCurrent();
                break;
            case FaultKind.DatabaseFailsAfter when kind is EffectKind.Database && Strikes(description):
                throw new DatabaseFailure();
        }
    }

    /// <returns>What happens to this message; null: it arrives.</returns>
    public FaultKind? OnCall(GrainCall call) =>
        _fault?.Kind is FaultKind.RequestLost or FaultKind.AnswerLost or FaultKind.Duplicated or FaultKind.Delayed
            or FaultKind.SecondActivation && _fault.Kind is var kind && Strikes(call.ToString()) ? kind : null;

    /// <summary>Runs something without faults of its own.</summary>
    public void Suspend(Action action)
    {
        var before = _isSuspended;
        _isSuspended = true;
        try
        {
            action();
        }
        finally
        {
            _isSuspended = before;
        }
    }

    private bool Strikes(string description)
    {
        if (_isSuspended || _fault is not { } fault || _matches++ != fault.At)
            return false;
        Injected[(int)fault.Kind]++;
        (Hit, HitKind, _fault) = (description, fault.Kind, null);
        return true;
    }
}
