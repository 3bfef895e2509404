using System.Text.Json;

namespace Replays.Grains.AuditTrail;

/// <summary>Kinds of entries that mean something to the trail itself.</summary>
public static class AuditEntryKinds
{
    /// <summary>The patient was erased: kept when the content of everything else is destroyed.</summary>
    public const string PatientErased = "patient.erased";

    /// <summary>Whether what an entry says is that the patient was erased.</summary>
    public static bool IsErasure(ReadOnlySpan<byte> content) =>
        content.IndexOf("patient.erased"u8) >= 0 && JsonSerializer.Deserialize(content, TrailJson.Default.AuditEntry)?.Kind == PatientErased;
}
