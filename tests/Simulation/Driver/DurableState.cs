using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Simulation.Stores;

namespace Replays.Simulation.Driver;

/// <summary>What is stored, read past the grains.</summary>
internal sealed class DurableState(SimulatedGrainStorage storage, StopTables tables, SimulatedPatientKeys keys)
{
    public StopTables Tables => tables;

    public LedgerHeader? Header(PatientId patient) => storage.Find<LedgerHeader>(LedgerHeader.StateName, patient.Name);

    public bool HasLegalHold(PatientId patient) => Header(patient)?.LegalHold is not null;

    public bool HasKey(PatientId patient) => keys.Exists(patient);

    public bool IsErasing(PatientId patient) => Header(patient)?.IsErasing is true && tables.IsErasing(patient);

    /// <summary>A patient's consultations, the oldest first.</summary>
    public IEnumerable<LedgerEntry> Entries(PatientId patient)
    {
        for (var page = 0; page <= (Header(patient)?.LastPage ?? 0); page++)
        {
            foreach (var entry in Page(patient, page)?.Entries ?? [])
                yield return entry;
        }
    }

    public LedgerPage? Page(PatientId patient, int page) =>
        storage.Find<LedgerPage>(LedgerPage.StateName, LedgerPage.PageKey(patient, page));

    public TrailPage? TrailPage(PatientId patient, int page) =>
        storage.Find<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(patient.Name, page));

    public LedgerEntry? Entry(ConsultationId consultation) =>
        Page(consultation.Patient, LedgerPage.PageNumberOf(consultation.Number))?.Entries
            .FirstOrDefault(entry => entry.Name == consultation);

    public Replay? Replay(RecordingId recording) =>
        Entry(recording.Consultation)?.Replays.FirstOrDefault(replay => replay.Name == recording);

    public ConsultationState? Consultation(ConsultationId consultation) =>
        storage.Find<ConsultationState>(ConsultationState.StateName, consultation.Name);

    public RecordingState? Recording(RecordingId recording) =>
        Consultation(recording.Consultation)?.Recordings.FirstOrDefault(one => one.Ordinal == recording.Ordinal);

    public IncidentState? Incident(string id) => storage.Find<IncidentState>(IncidentState.StateName, "incidents/" + id);

    /// <summary>Whether a recording is out of every list and every playback.</summary>
    public bool IsStopped(RecordingId recording) =>
        tables.Stops.ContainsKey((recording.Name, Grains.StopList.StopKind.Quarantine))
        || tables.Stops.ContainsKey((recording.Name, Grains.StopList.StopKind.Withdrawal))
        || tables.IsErasing(recording.Patient);
}
