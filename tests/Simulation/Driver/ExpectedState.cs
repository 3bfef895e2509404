using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;

namespace Replays.Simulation.Driver;

/// <summary>What was requested and what was acknowledged: the oracle.</summary>
internal sealed class ExpectedState
{
    /// <summary>Bookings that were acknowledged, and not erased since.</summary>
    public HashSet<ConsultationId> Booked { get; } = [];

    /// <summary>Which consultation an idempotency key was acknowledged with.</summary>
    public Dictionary<(PatientId, string Key), (ConsultationId Consultation, DateTimeOffset At)> BookedKeys { get; } = [];

    /// <summary>Deliveries that were sent with the current, unexpired seal lease.</summary>
    public HashSet<(RecordingId, string Sha256)> AuthorizedDeliveries { get; } = [];

    /// <summary>Lengths that a lease holder declared.</summary>
    public HashSet<(RecordingId, long Length)> DeclaredLengths { get; } = [];

    /// <summary>Consultations that the patient joined, or consented to, with their own token.</summary>
    public HashSet<ConsultationId> JoinRequested { get; } = [];

    /// <summary>All consultations that a ledger ever had: no number is given twice.</summary>
    public HashSet<ConsultationId> EverBooked { get; } = [];

    /// <summary>Recordings that somebody asked to discard.</summary>
    public HashSet<RecordingId> DiscardRequested { get; } = [];

    /// <summary>Replays whose withdrawal was acknowledged: never shown again.</summary>
    public HashSet<RecordingId> Withdrawn { get; } = [];

    /// <summary>Patients whose erasure somebody requested.</summary>
    public HashSet<PatientId> ErasureRequested { get; } = [];

    /// <summary>Patients whose erasure began at some time: their audit entries may have been lost with their records.</summary>
    public HashSet<PatientId> ErasureBegun { get; } = [];

    public List<LeaseRecord> Leases { get; } = [];

    /// <summary>Every audit entry that was committed with a change, and whose trail must have it in the end.</summary>
    public Dictionary<Guid, (PatientId Patient, AuditEntry Entry)> AuditEntries { get; } = [];

    public List<string> Incidents { get; } = [];

    /// <summary>Incidents that somebody asked to restore.</summary>
    public HashSet<string> RestoreRequested { get; } = [];
}
