using Orleans.Concurrency;

namespace Replays.Grains.Incidents;

/// <summary>
/// One incident, keyed <c>incidents/{id}</c>: the officer's record and the effects of every decision. It starts from the entry in the
/// incident log, and never opens an incident about itself.
/// </summary>
[GrainInterfaceType("replays.incident-grain"), Alias("replays.incident-grain")]
public interface IIncidentGrain : IGrainWithStringKey
{
    /// <returns>A snapshot; null when there is no such incident.</returns>
    [ReadOnly, Alias("Get")]
    Task<Incident?> Get(CancellationToken cancellation = default);

    /// <summary>Completes unfinished effects: stop list, ledgers, audit trails. Idempotent; a worker calls it after a crash.</summary>
    [Alias("ProcessPending")]
    Task ProcessPending(CancellationToken cancellation = default);

    /// <summary>Changes the officer's record.</summary>
    /// <param name="amendment">Additions and corrections.</param>
    /// <param name="expected">Their base version, otherwise <see cref="ErrorCode.VersionConflict"/>. Null: any.</param>
    /// <param name="by">The officer.</param>
    [Alias("Amend")]
    Task<Result<Incident>> Amend(IncidentAmendment amendment, int? expected, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Quarantines more recordings under this incident. Fails with <see cref="ErrorCode.InvalidTransition"/> when it is resolved.
    /// </summary>
    [Alias("AddRecordings")]
    Task<Result<Incident>> AddRecordings(
        ImmutableArray<RecordingId> recordings, string reason, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// Restores or withdraws all its recordings. Idempotent; fails with <see cref="ErrorCode.InvalidTransition"/> after another outcome.
    /// </summary>
    [Alias("Resolve")]
    Task<Result<Incident>> Resolve(IncidentOutcome outcome, string note, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// A second officer approves a withdrawal, and the data keys are destroyed. Fails with <see cref="ErrorCode.SecondOfficerRequired"/>
    /// for the same officer, with <see cref="ErrorCode.LegalHold"/> when any patient concerned is on legal hold; then no key is destroyed.
    /// </summary>
    [Alias("Approve")]
    Task<Result<Incident>> Approve(Actor by, CancellationToken cancellation = default);
}
