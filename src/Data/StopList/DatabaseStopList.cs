using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>A process's stop list: changes go to the database, reads come from a cached snapshot.</summary>
internal abstract class DatabaseStopList(DbDataSource database, TimeProvider time) : IStopList
{
    private readonly StopRepository _stops = new(database, time);

    protected DbDataSource Database => database;
    protected TimeProvider Time => time;

    public abstract StopListSnapshot Current();

    public abstract Task WaitForPropagation(CancellationToken cancellation);

    /// <summary>Rereads the rows, so that this process applies its own change immediately.</summary>
    protected abstract Task Refresh(CancellationToken cancellation);

    public async Task<QuarantineResult> Quarantine(IncidentReport report, bool evenIfQuarantined, CancellationToken cancellation)
    {
        var quarantine = _stops.Quarantine(report, evenIfQuarantined, cancellation);
        await ApplyAndRefresh(quarantine);
        return await quarantine;
    }

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        ApplyAndRefresh(_stops.Quarantine(incident, recordings, by, cancellation));

    public Task Restore(string incident, CancellationToken cancellation) => ApplyAndRefresh(_stops.Restore(incident, cancellation));

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) =>
        ApplyAndRefresh(_stops.Withdraw(incident, by, cancellation));

    public Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_stops.Withdraw(recordings, by, reason, cancellation));

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_stops.Suspend(patient, scope, by, reason, cancellation));

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) =>
        ApplyAndRefresh(_stops.Resume(patient, by, reason, cancellation));

    public Task<ImmutableArray<SuspensionChange>> GetHistory(PatientId? patient, CancellationToken cancellation) =>
        SuspensionHistory.Find(database, patient, cancellation);

    public async Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation)
    {
        var erasure = _stops.Erase(patient, by, cancellation);
        await ApplyAndRefresh(erasure);
        return await erasure;
    }

    public Task RemoveAll(PatientId patient, CancellationToken cancellation) => ApplyAndRefresh(_stops.RemoveAll(patient, cancellation));

    public Task<ImmutableArray<Stop>> FindByPatient(PatientId patient, CancellationToken cancellation) =>
        StopRows.FindByPatient(database, patient, cancellation);

    /// <summary>Refreshes even if the change fails or is cancelled: it may have been committed all the same.</summary>
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
