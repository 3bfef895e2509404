using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Grains.Consultations;

/// <summary>What incidents decide about this consultation's recordings.</summary>
internal sealed partial class ConsultationGrain
{
    private const string WrongPatient = "wrong-patient";

    public async Task ForgetKey(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is { } state && state.Recording(ordinal) is { IsUnsealed: false, WrappedKey.Length: > 0 } recording)
            await Save(state.With(recording with { WrappedKey = [] }));
    }

    /// <summary>
    /// Withdrawn consent stops what was sealed; the wrong patient in the call opens an incident as well, one a consultation. Repeatable.
    /// </summary>
    private async Task Stop(PendingTakeBack taken, ImmutableArray<RecordingId> recordings)
    {
        if (taken.Reason is not WrongPatient)
        {
            await stops.Withdraw(recordings, taken.By, taken.Reason);
            return;
        }
        var report = new IncidentReport
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{WrongPatient}/{Own.Name}")).AsSpan(0, 16)),
            Source = IncidentSource.Scheduler,
            ReportedAt = time.GetUtcNow(),
            By = taken.By,
            Reason = WrongPatient,
            Recordings = recordings,
            Cause = Own.Name,
        };
        if (recordings.IsEmpty)
            await incidents.Note(report, 1);
        else
            await stops.Quarantine(report);
    }
}
