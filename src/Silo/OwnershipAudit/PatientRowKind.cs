namespace Replays.Silo.OwnershipAudit;

/// <summary>The rows of which a patient has many.</summary>
internal enum PatientRowKind
{
    Page,
    Consultation,
    Trail,
}
