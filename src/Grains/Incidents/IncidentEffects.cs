using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

internal sealed record QuarantineRecordings(ImmutableArray<RecordingId> Recordings, Actor By) : Effect;

/// <summary>The incident's recordings are shown again, except those in another open incident.</summary>
internal sealed record RestoreRecordings : Effect;

/// <summary>The stop list withdraws the incident's recordings.</summary>
internal sealed record WithdrawRecordings(Actor By) : Effect;

/// <summary>The patient's own list withdraws one of them.</summary>
internal sealed record WithdrawFromLedger(RecordingId Recording, Actor By) : Effect;

/// <summary>A recording's data key is destroyed, in the patient's ledger and in the consultation.</summary>
internal sealed record DestroyDataKey(RecordingId Recording, Actor By) : Effect;
