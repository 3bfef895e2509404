using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Data.Incidents;

/// <summary>The stored format of incident reports and outbox entries.</summary>
internal static class IncidentJson
{
    public static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
