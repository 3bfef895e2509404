namespace Replays.Simulation.Faults;

internal enum FaultKind
{
    /// <summary>All activations vanish just before an effect.</summary>
    CrashBefore,

    /// <summary>All activations vanish just after an effect.</summary>
    CrashAfter,

    /// <summary>One activation vanishes just before one of its effects; its caller sees a dead silo.</summary>
    ActivationLostBefore,

    /// <summary>One activation vanishes just after one of its effects; its caller sees a dead silo.</summary>
    ActivationLostAfter,

    /// <summary>The database fails, and the change is not committed.</summary>
    DatabaseFailsBefore,

    /// <summary>The database fails, and the change is committed.</summary>
    DatabaseFailsAfter,

    /// <summary>A call never arrives; its caller times out.</summary>
    RequestLost,

    /// <summary>A call is executed; its caller times out.</summary>
    AnswerLost,

    /// <summary>A call is executed twice.</summary>
    Duplicated,

    /// <summary>A call's sender times out; the call is executed in a later step, after others.</summary>
    Delayed,

    /// <summary>A second activation of the called grain comes up beside the first.</summary>
    SecondActivation,

    /// <summary>Another turn, of a timer or of a delayed call, runs in the middle of this one.</summary>
    Interleaved,
}
