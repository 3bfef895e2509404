using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>What happens to the recordings of a resolved incident.</summary>
[GenerateSerializer, Alias("replays.incident-outcome")]
[JsonConverter(typeof(JsonStringEnumConverter<IncidentOutcome>))]
public enum IncidentOutcome
{
    /// <summary>Visible again.</summary>
    [JsonStringEnumMemberName("restored")]
    Restored = 0,

    /// <summary>Permanently unavailable. The data keys are destroyed when a second officer approves.</summary>
    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn = 1,
}
