using System.Text.Json;

namespace Replays.Grains.AuditTrail;

/// <summary>Kinds of entries that the audit trail itself interprets.</summary>
public static class AuditEntryKinds
{
    /// <summary>The patient was erased. This entry stays when the content of all others is destroyed.</summary>
    public const string PatientErased = "patient.erased";

    public static bool IsErasure(ReadOnlySpan<byte> content) =>
        content.IndexOf("patient.erased"u8) >= 0
        && JsonSerializer.Deserialize(content, TrailJson.Default.AuditEntry)?.Kind == PatientErased;
}
