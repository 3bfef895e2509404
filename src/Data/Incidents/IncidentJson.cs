using System.Text.Json;
using System.Text.Json.Serialization;

namespace Replays.Data.Incidents;

/// <summary>How reports are written into the log of incidents.</summary>
internal static class IncidentJson
{
    public static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
