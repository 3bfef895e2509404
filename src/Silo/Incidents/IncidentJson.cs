using System.Text.Json.Serialization;
using Replays.Grains.Incidents;

namespace Replays.Silo.Incidents;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IncidentReport))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class IncidentJson : JsonSerializerContext;
