namespace Replays.Grains.Incidents;

internal sealed record QuarantineRecordings(ImmutableArray<RecordingId> Recordings, Actor By) : Effect;

/// <summary>Shows the incident's recordings again, except those in another open incident.</summary>
internal sealed record RestoreRecordings : Effect;

/// <summary>Withdraws the incident's recordings in the stop list.</summary>
internal sealed record WithdrawRecordings(Actor By) : Effect;

/// <summary>Withdraws a recording in the patient's own ledger.</summary>
internal sealed record WithdrawFromLedger(RecordingId Recording, Actor By) : Effect;

/// <summary>Destroys a recording's data key in the patient's ledger and in the consultation.</summary>
internal sealed record DestroyDataKey(RecordingId Recording, Actor By) : Effect;
