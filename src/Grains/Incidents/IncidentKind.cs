using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>The officer's assessment of an incident.</summary>
[GenerateSerializer, Alias("replays.incident-kind")]
[JsonConverter(typeof(JsonStringEnumConverter<IncidentKind>))]
public enum IncidentKind
{
    /// <summary>Denied by a safeguard: nothing was shown to anybody. No deadline.</summary>
    [JsonStringEnumMemberName("near-miss")]
    NearMiss = 0,

    [JsonStringEnumMemberName("suspected")]
    Suspected = 1,

    /// <summary>A personal data breach (GDPR Art. 4(12)).</summary>
    [JsonStringEnumMemberName("breach")]
    Breach = 2,

    [JsonStringEnumMemberName("false-alarm")]
    FalseAlarm = 3,
}
