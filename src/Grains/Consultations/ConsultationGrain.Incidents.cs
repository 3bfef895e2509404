using System.Collections.Immutable;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Grains.Consultations;

/// <summary>What incidents and erasure decide about this consultation's recordings.</summary>
internal sealed partial class ConsultationGrain
{
    private const string WrongPatient = "wrong-patient";

    public async Task DropDataKey(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is { } state && state.Recording(ordinal) is { IsUnsealed: false, WrappedKey.Length: > 0 } recording)
            await Save(state.WithRecording(recording with { WrappedKey = [] }));
    }

    public async Task Erase(CancellationToken cancellation)
    {
        _grants.Clear();
        _dataKeys.Clear();
        if (stored.RecordExists)
        {
            foreach (var recording in stored.State.Recordings)
                await media.Delete(recording.ObjectKey, cancellation);
            await Disarm();
            _unsure = true;
            await stored.ClearStateAsync();
            _unsure = false;
        }
        stored.State = new ConsultationState();
        DeactivateOnIdle();
    }

    /// <summary>
    /// Withdrawn consent stops what was sealed; the wrong patient in the call opens an incident as well, one a consultation. Repeatable.
    /// </summary>
    private async Task Stop(PendingWithdrawal taken, ImmutableArray<RecordingId> recordings)
    {
        if (taken.Reason is not WrongPatient)
        {
            await stops.Withdraw(recordings, taken.By, taken.Reason);
            return;
        }
        var report = new IncidentReport
        {
            Id = IncidentReport.WrongPatientId(Own),
            Source = IncidentSource.Scheduler,
            ReportedAt = time.GetUtcNow(),
            By = taken.By,
            Reason = WrongPatient,
            Recordings = recordings,
            Cause = Own.Name,
        };
        await stops.Quarantine(report, evenIfHeld: true);
    }
}
