using System.Collections.Immutable;
using System.Data.Common;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>The stop list of a process: a cached reading of the rows, and the writing of them.</summary>
internal abstract class StopList(DbDataSource database, TimeProvider time) : IStopList
{
    private readonly StopDatabase _rows = new(database, time);

    protected DbDataSource Database => database;

    protected TimeProvider Time => time;

    public abstract StopSnapshot Now();

    public abstract Task UntilEverywhere(CancellationToken cancellation);

    /// <summary>Reads the rows again, so that this process heeds its own change at once.</summary>
    protected abstract Task Reread(CancellationToken cancellation);

    public async Task<Quarantined> Quarantine(IncidentReport report, bool evenIfHeld, CancellationToken cancellation)
    {
        var quarantine = _rows.Quarantine(report, evenIfHeld, cancellation);
        await Heed(quarantine);
        return await quarantine;
    }

    public Task Quarantine(string incident, ImmutableArray<RecordingId> recordings, Actor by, CancellationToken cancellation) =>
        Heed(_rows.Quarantine(incident, recordings, by, cancellation));

    public Task Restore(string incident, CancellationToken cancellation) => Heed(_rows.Restore(incident, cancellation));

    public Task Withdraw(string incident, Actor by, CancellationToken cancellation) => Heed(_rows.Withdraw(incident, by, cancellation));

    public Task Withdraw(ImmutableArray<RecordingId> recordings, Actor by, string reason, CancellationToken cancellation) =>
        Heed(_rows.Withdraw(recordings, by, reason, cancellation));

    public Task Suspend(PatientId? patient, StopScope scope, Actor by, string reason, CancellationToken cancellation) =>
        Heed(_rows.Suspend(patient, scope, by, reason, cancellation));

    public Task Resume(PatientId? patient, Actor by, string reason, CancellationToken cancellation) =>
        Heed(_rows.Resume(patient, by, reason, cancellation));

    public Task<ImmutableArray<SwitchTurn>> Turns(PatientId? patient, CancellationToken cancellation) => _rows.Turns(patient, cancellation);

    public async Task<bool> Erase(PatientId patient, Actor by, CancellationToken cancellation)
    {
        var erasure = _rows.Erase(patient, by, cancellation);
        await Heed(erasure);
        return await erasure;
    }

    public Task Forget(PatientId patient, CancellationToken cancellation) => Heed(_rows.Forget(patient, cancellation));

    public Task<ImmutableArray<Stop>> StopsOf(PatientId patient, CancellationToken cancellation) => _rows.StopsOf(patient, cancellation);

    /// <summary>Whatever became of the change: one whose answer was lost, or whose caller left, may have been committed.</summary>
    private async Task Heed(Task change)
    {
        try
        {
            await change;
        }
        finally
        {
            await Reread(CancellationToken.None);
        }
    }
}
