using System.Text.Json.Serialization;

namespace Replays.Grains.AuditTrail;

/// <summary>The stored format of entries: readable without this program.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class TrailJson : JsonSerializerContext;
