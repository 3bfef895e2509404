using Replays.Grains.Incidents;

namespace Replays.Grains.StopList;

/// <summary>
/// The stop list of the cluster: one mechanism for quarantine, withdrawal, suspension and erasure. Every change is durable when its method
/// returns, and in effect in every process once <see cref="WaitForPropagation"/> completes. Changes are idempotent.
/// </summary>
public interface IStopList
{
    /// <summary>Returns the current stops. Check it before every response about a replay and before every write of media.</summary>
    /// <exception cref="StopListUnavailableException">The last good read started 750 ms ago or earlier: nothing may be shown.</exception>
    StopListSnapshot Current();

    /// <summary>
    /// Quarantines recordings and opens their incident, in one transaction, under the id in the report. Recordings already quarantined stay
    /// with their incident; those of a patient being erased are skipped.
    /// </summary>
    /// <param name="evenIfQuarantined">Whether the incident also opens with recordings that another one holds, or with none.</param>
    /// <returns>The report's incident; when no recording was left, an open one of the reporter with one of the recordings.</returns>
    Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfQuarantined = false, CancellationToken cancellation = default);

    /// <summary>Quarantines more recordings under an existing incident.</summary>
    Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation = default);

    /// <summary>Shows an incident's recordings again, except those in another open incident.</summary>
    Task Restore(string incident, CancellationToken cancellation = default);

    /// <summary>Withdraws an incident's recordings permanently.</summary>
    Task Withdraw(string incident, Actor by, CancellationToken cancellation = default);

    /// <summary>Withdraws recordings permanently, without an incident.</summary>
    Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>Suspends playback, or everything that shows replays, for one patient or for everyone.</summary>
    Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>Lifts a suspension.</summary>
    Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>Returns the suspensions and resumptions for one patient or for everyone, newest first, at most 100.</summary>
    Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation = default);

    /// <summary>Blocks everything of a patient permanently.</summary>
    /// <returns>False: a recording of theirs is in an open incident; nothing was changed.</returns>
    Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation = default);

    /// <summary>Removes a patient's stops after their erasure, when nothing is left to block.</summary>
    Task RemoveAll(PatientId patient, CancellationToken cancellation = default);

    /// <summary>Reads the stops of a patient's recordings from the database.</summary>
    Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation = default);

    /// <summary>Completes when all changes made so far are in effect in every process: 750 ms in a cluster, else immediately.</summary>
    Task WaitForPropagation(CancellationToken cancellation = default);
}
