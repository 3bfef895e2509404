using System.Text.Json.Serialization;

namespace Replays.Grains.AuditTrail;

/// <summary>How entries are written: readable without this program.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class TrailJson : JsonSerializerContext;
