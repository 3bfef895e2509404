using Replays.Data.Exposure;
using Replays.Data.Outbox;
using Replays.Grains.AuditTrail;
using Replays.Grains.Patients;
using Replays.Grains.StopList;
using Replays.Media.Stores;

namespace Replays.Silo.Workers;

/// <summary>
/// Erases the patients that the stop list marks; runs in every silo. All steps are idempotent, so any silo can resume an erasure. It is
/// complete when the tombstone is written and the stops are removed. Deletes key, media and consultations immediately; evidence, audit
/// trail content and the remaining rows only once no request in progress can add to them.
/// </summary>
/// <remarks>Retains incidents (GDPR Art. 33(5)) and evidence of the patient's access to other people's recordings.</remarks>
internal sealed partial class ErasureWorker(
    IStopList stops, IMediaStore media, AuditOutbox outbox, ExposureErasure exposure, IGrainFactory grains, TimeProvider time,
    ILogger<ErasureWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Exceeds the duration of any request accepted before the stop, including recording and publishing its evidence.</summary>
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(30);

    private readonly HashSet<PatientId> _consultationsErased = [];

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
                    LogFailure(e.GetType().Name);
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
        // Destroys the key first, which makes all media unreadable even if the rest fails.
        if (await grains.Patient(patient).ResumeErasure(cancellation))
        {
            if (!_consultationsErased.Contains(patient))
                await EraseConsultations(patient, cancellation);
            _consultationsErased.Add(patient);
            var stop = (await stops.FindByPatient(patient, cancellation)).FirstOrDefault(stop => stop.Kind is StopKind.Erasure);
            if (time.GetUtcNow() - stop?.At < SettlingTime || await outbox.HasUnpublished(patient, cancellation))
                return; // a trail may only be blanked once it contains the erasure entry
            await exposure.Erase(patient, cancellation);
            for (int? from = 0; from is { } page;)
                from = await grains.AuditTrail(patient).EraseContent(page);
            await grains.Patient(patient).CompleteErasure(cancellation);
        }
        await stops.RemoveAll(patient, cancellation);
        _consultationsErased.Remove(patient);
    }

    private async Task EraseConsultations(PatientId patient, CancellationToken cancellation)
    {
        LedgerCursor? after = null;
        do
        {
            var slice = await grains.Patient(patient).ListConsultations(100, after, cancellation);
            foreach (var entry in slice.Items)
            {
                foreach (var replay in entry.Replays)
                    await media.Delete(replay.ObjectKey, cancellation);
                await grains.Consultation(entry.Name).Erase(cancellation);
            }
            after = slice.Next;
        }
        while (after is not null);
    }

    [LoggerMessage(LogLevel.Warning, "Erasing a patient failed ({Error}); will retry.")]
    private partial void LogFailure(string error);
}
