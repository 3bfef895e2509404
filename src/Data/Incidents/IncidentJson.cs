using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Data.Incidents;

/// <summary>The stored format of incident reports, outbox entries and audit results.</summary>
internal static class IncidentJson
{
    public static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
