using System.Data.Common;
using Replays.Data.Outbox;
using Replays.Data.Sql;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Media.Stores;

namespace Replays.Silo.Workers;

/// <summary>
/// In every silo: erases whom the stop list names. All of it can be repeated, so that whoever dies on the way, another begins anew; it is over
/// when the patient's tombstone is written and the stops are gone. Key, media and consultations go at once; evidence, the trail's content and the rows
/// that are left go when nothing that was under way can add to them any more.
/// </summary>
/// <remarks>What is kept: incidents and their records (GDPR Art. 33(5)), and who was shown what of other people's recordings.</remarks>
internal sealed partial class ErasureWorker(
    IStopList stops, IMediaStore media, AuditOutbox outbox, DbDataSource database, IGrainFactory grains, TimeProvider time,
    ILogger<ErasureWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longer than anything lasts that was let in before the stop: answers, their evidence, and the telling of it to the trail.</summary>
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(30);

    /// <summary>Whose media and consultations this process has erased already.</summary>
    private readonly HashSet<PatientId> _mediaErased = [];

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            foreach (var name in PatientsToErase())
            {
                try
                {
                    if (PatientId.TryParseName(name, out var patient))
                        await Erase(patient, stopping);
                }
                catch (Exception e) when (!stopping.IsCancellationRequested)
                {
                    LogLater(e.GetType().Name);
                }
            }
        }
    }

    private IEnumerable<string> PatientsToErase()
    {
        try
        {
            return stops.Current().Erased;
        }
        catch (StopListUnavailableException)
        {
            return [];
        }
    }

    private async Task Erase(PatientId patient, CancellationToken cancellation)
    {
        // The key first: from here on no media of theirs can be read, whatever becomes of the rest.
        if (await grains.Patient(patient).ResumeErasure(cancellation))
        {
            if (!_mediaErased.Contains(patient))
                await EraseConsultations(patient, cancellation);
            _mediaErased.Add(patient);
            var stop = (await stops.FindByPatient(patient, cancellation)).FirstOrDefault(stop => stop.Kind is StopKind.Erasure);
            if (time.GetUtcNow() - stop?.At < SettlingTime || await outbox.HasUnpublished(patient, cancellation))
                return; // only a trail that says that the patient was erased may be blank
            await EraseEvidence(patient, cancellation);
            for (int? from = 0; from is { } page;)
                from = await grains.AuditTrail(patient).EraseContent(page);
            await grains.Patient(patient).CompleteErasure(cancellation);
        }
        await stops.RemoveAll(patient, cancellation);
        _mediaErased.Remove(patient);
    }

    private async Task EraseConsultations(PatientId patient, CancellationToken cancellation)
    {
        LedgerCursor? after = null;
        do
        {
            var extract = await grains.Patient(patient).ListConsultations(100, after, cancellation);
            foreach (var entry in extract.Items)
            {
                foreach (var replay in entry.Replays)
                    await media.Delete(replay.ObjectKey, cancellation);
                await grains.Consultation(entry.Name).Erase(cancellation);
            }
            after = extract.Next;
        }
        while (after is not null);
    }

    /// <summary>Who was shown what of their recordings.</summary>
    private async Task EraseEvidence(PatientId patient, CancellationToken cancellation)
    {
        foreach (var table in new[] { "replays_listing", "replays_playback" })
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await connection.Statement($"DELETE FROM {table} WHERE recording >= @first AND recording < @last",
                ("first", patient.Name + "/"), ("last", patient.Name + "0")).Execute(cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An erasure could not be finished now ({Cause}); tried again.")]
    private partial void LogLater(string cause);
}
