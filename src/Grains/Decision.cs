using System.Collections.Immutable;
using Replays.Grains.AuditTrail;
using Replays.Grains.Safeguards;

namespace Replays.Grains;

/// <summary>
/// What a rule decides about one command. <see cref="Next"/> is the same instance as the state it was given when nothing changes: then
/// nothing is stored.
/// </summary>
internal sealed record Decision<TState>(TState Next)
{
    public ErrorCode Error { get; init; }

    /// <summary>Recorded in the patient's audit trail, in the same write as <see cref="Next"/>.</summary>
    public ImmutableArray<AuditFact> Audit { get; init; } = [];

    /// <summary>Must have happened before <see cref="Next"/> is stored. Repeatable.</summary>
    public ImmutableArray<Effect> Before { get; init; } = [];

    /// <summary>Follows from <see cref="Next"/>, or is repeated although nothing changed. Repeatable.</summary>
    public ImmutableArray<Effect> After { get; init; } = [];

    /// <summary>The safeguard that rejected the command, if one did.</summary>
    public Denial? Denial { get; init; }

    public static Decision<TState> Reject(TState state, ErrorCode error, Denial? denial = null) => new(state) { Error = error, Denial = denial };
}

/// <summary>Something that has to happen outside the state, as data. Each domain has its own.</summary>
internal abstract record Effect;
