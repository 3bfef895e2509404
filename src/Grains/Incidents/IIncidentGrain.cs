using System.Collections.Immutable;
using Orleans.Concurrency;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

/// <summary>
/// One incident, keyed <c>incidents/{id}</c>: the officer's record of it and all that follows from what was decided. It begins with what the
/// log of incidents holds: nobody has to tell it. It never opens an incident about itself.
/// </summary>
[GrainInterfaceType("replays.incident-grain"), Alias("replays.incident-grain")]
public interface IIncidentGrain : IGrainWithStringKey
{
    /// <returns>The snapshot; null when there is no such incident.</returns>
    [ReadOnly, Alias("Get")]
    Task<Incident?> Get(CancellationToken cancellation = default);

    /// <summary>Does what is still to be done: stops, patients' lists, trails. Repeatable; others call it when a crash left something undone.</summary>
    [Alias("ProcessPending")]
    Task ProcessPending(CancellationToken cancellation = default);

    /// <summary>Changes the officer's record.</summary>
    /// <param name="amendment">What is added or corrected.</param>
    /// <param name="expected">The version it is based on: another one is <see cref="ErrorCode.VersionConflict"/>. Null: whatever there is.</param>
    /// <param name="by">The officer.</param>
    /// <param name="cancellation">Gives up.</param>
    [Alias("Amend")]
    Task<Result<Incident>> Amend(IncidentAmendment amendment, int? expected, Actor by, CancellationToken cancellation = default);

    /// <summary>Quarantines more recordings under this incident. Resolved already: <see cref="ErrorCode.InvalidTransition"/>.</summary>
    [Alias("AddRecordings")]
    Task<Result<Incident>> AddRecordings(
        ImmutableArray<RecordingId> recordings, string reason, Actor by, CancellationToken cancellation = default);

    /// <summary>Restores or withdraws all its recordings. Repeated with the same outcome: unchanged; with another: <see cref="ErrorCode.InvalidTransition"/>.</summary>
    [Alias("Resolve")]
    Task<Result<Incident>> Resolve(IncidentOutcome outcome, string note, Actor by, CancellationToken cancellation = default);

    /// <summary>
    /// A second officer approves a withdrawal: the data keys are destroyed. The same officer: <see cref="ErrorCode.SecondOfficerRequired"/>;
    /// a recording on legal hold: <see cref="ErrorCode.LegalHold"/>, and none is destroyed.
    /// </summary>
    [Alias("Approve")]
    Task<Result<Incident>> Approve(Actor by, CancellationToken cancellation = default);
}
