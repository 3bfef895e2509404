using System.Collections.Immutable;
using System.Data.Common;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>The stop list of a process: a cached reading of the rows, and the writing of them.</summary>
internal abstract class DatabaseStopList(DbDataSource database, TimeProvider time) : IStopList
{
    private readonly StopRepository _rows = new(database, time);

    protected DbDataSource Database => database;

    protected TimeProvider Time => time;

    public abstract StopListSnapshot Current();

    public abstract Task WaitForPropagation(CancellationToken cancellation);

    /// <summary>Reads the rows again, so that this process heeds its own change at once.</summary>
    protected abstract Task Refresh(CancellationToken cancellation);

    public async Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfHeld, CancellationToken cancellation)
    {
        var quarantine = _rows.Quarantine(report, evenIfHeld, cancellation);
        await ApplyAndRefresh(quarantine);
        return await quarantine;
    }

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        ApplyAndRefresh(_rows.Quarantine(incident, recordings, by, cancellation));

    public Task Restore(string incident, CancellationToken cancellation) => ApplyAndRefresh(_rows.Restore(incident, cancellation));

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) => ApplyAndRefresh(_rows.Withdraw(incident, by, cancellation));

    public Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_rows.Withdraw(recordings, by, reason, cancellation));

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_rows.Suspend(patient, scope, by, reason, cancellation));

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_rows.Resume(patient, by, reason, cancellation));

    public Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation) => _rows.GetHistory(patient, cancellation);

    public async Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation)
    {
        var erasure = _rows.Erase(patient, by, cancellation);
        await ApplyAndRefresh(erasure);
        return await erasure;
    }

    public Task RemoveAll(PatientId patient, CancellationToken cancellation) => ApplyAndRefresh(_rows.RemoveAll(patient, cancellation));

    public Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation) => _rows.FindByPatient(patient, cancellation);

    /// <summary>Whatever became of the change: one whose answer was lost, or whose caller left, may have been committed.</summary>
    private async Task ApplyAndRefresh(Task change)
    {
        try
        {
            await change;
        }
        finally
        {
            await Refresh(CancellationToken.None);
        }
    }
}
