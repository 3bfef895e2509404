using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>What became of an incident's recordings.</summary>
[GenerateSerializer, Alias("replays.incident-outcome")]
[JsonConverter(typeof(JsonStringEnumConverter<IncidentOutcome>))]
public enum IncidentOutcome
{
    /// <summary>Shown again.</summary>
    [JsonStringEnumMemberName("restored")]
    Restored = 0,

    /// <summary>Out of reach for good; the data key goes when a second officer approves.</summary>
    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn = 1,
}
