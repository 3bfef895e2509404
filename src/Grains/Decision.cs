using Replays.Grains.AuditTrail;
using Replays.Grains.Safeguards;

namespace Replays.Grains;

/// <summary>
/// What a rule decides about one command. When nothing changes, <see cref="Next"/> is the instance that the rule was given, and nothing is
/// stored.
/// </summary>
internal sealed record Decision<TState>(TState Next)
{
    public ErrorCode Error { get; init; }

    /// <summary>Recorded in the patient's audit trail, in the same write as <see cref="Next"/>.</summary>
    public ImmutableArray<AuditFact> Audit { get; init; } = [];

    /// <summary>Effects that happen before <see cref="Next"/> is stored. Repeatable.</summary>
    public ImmutableArray<Effect> Before { get; init; } = [];

    /// <summary>Effects that follow from <see cref="Next"/>. Repeatable: they also run when nothing changed.</summary>
    public ImmutableArray<Effect> After { get; init; } = [];

    /// <summary>The safeguard that rejected the command, if one did.</summary>
    public Denial? Denial { get; init; }

    public static Decision<TState> Reject(TState state, ErrorCode error, Denial? denial = null) =>
        new(state) { Error = error, Denial = denial };
}
