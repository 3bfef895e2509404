using System.Collections.Immutable;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Grains.StopList;

/// <summary>
/// What must not be shown, known in every process: one mechanism for quarantine, withdrawal, the kill switch and erasure. Every change
/// is durable when its method returns, and heeded everywhere when <see cref="WaitForPropagation"/> has.
/// </summary>
public interface IStopList
{
    /// <summary>What is stopped. To be asked before anything about a replay is answered, and before every write of media.</summary>
    /// <exception cref="StopListUnavailableException">The last good read began 750 ms ago or earlier: nothing may be shown.</exception>
    StopListSnapshot Current();

    /// <summary>
    /// Quarantines recordings and opens their incident, in one transaction. What is quarantined already stays with its incident, and of who is
    /// being erased there is nothing left to quarantine. Repeated under the same id: unchanged.
    /// </summary>
    /// <param name="report">What was reported, and by whom.</param>
    /// <param name="evenIfHeld">Whether the incident also holds, and opens with, what another holds already, or nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The report's own incident; or, where no recording was left to quarantine, an open one of the same reporter that holds one of them.</returns>
    Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfHeld = false, CancellationToken cancellation = default);

    /// <summary>Quarantines more recordings under an incident that there is. Repeated: unchanged.</summary>
    Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation = default);

    /// <summary>Lets an incident's recordings be shown again, except those in another open one. Repeated: unchanged.</summary>
    Task Restore(string incident, CancellationToken cancellation = default);

    /// <summary>Takes an incident's recordings out of reach for good. Repeated: unchanged.</summary>
    Task Withdraw(string incident, Actor by, CancellationToken cancellation = default);

    /// <summary>Takes recordings out of reach for good, without an incident. Repeated: unchanged.</summary>
    Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>Turns playback, or all that shows replays, off: for one patient, or for everyone.</summary>
    Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>Turns it on again. Repeated: unchanged.</summary>
    Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation = default);

    /// <summary>How the switch for one patient, or for everyone, was turned: newest first, at most 100.</summary>
    Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation = default);

    /// <summary>Everything of a patient is out of reach for good, unless somebody in an open incident. Repeated: unchanged.</summary>
    /// <returns>False: a recording of theirs is in an open incident; nothing was changed.</returns>
    Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation = default);

    /// <summary>Nothing of a patient is left that would have to be stopped: the stops go too. Repeated: unchanged.</summary>
    Task RemoveAll(PatientId patient, CancellationToken cancellation = default);

    /// <summary>The stops that there are for a patient's recordings, read from the database.</summary>
    Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation = default);

    /// <summary>
    /// Completes when no process anywhere answers any more by what was known before the changes that returned so far: after 750 ms in a
    /// cluster, at once where there is only this process.
    /// </summary>
    Task WaitForPropagation(CancellationToken cancellation = default);
}
