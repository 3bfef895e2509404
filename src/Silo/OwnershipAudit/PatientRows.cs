using Replays.Data.OwnershipAudit;

namespace Replays.Silo.OwnershipAudit;

/// <summary>The rows of which a patient has at most one.</summary>
/// <param name="RecordedHead">The trail head that the latest ownership audit recorded.</param>
/// <param name="IsErased">Whether the stop list marks the patient for erasure.</param>
internal sealed record PatientRows(byte[]? Header, byte[]? TrailHead, byte[]? PatientKey, RecordedHead? RecordedHead, bool IsErased);
