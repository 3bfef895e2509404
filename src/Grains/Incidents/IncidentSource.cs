using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>Who or what reported an incident.</summary>
[GenerateSerializer, Alias("replays.incident-source")]
[JsonConverter(typeof(JsonStringEnumConverter<IncidentSource>))]
public enum IncidentSource
{
    [JsonStringEnumMemberName("patient")] Patient = 0,
    [JsonStringEnumMemberName("clinician")] Clinician = 1,
    [JsonStringEnumMemberName("officer")] Officer = 2,

    /// <summary>A safeguard denied what only a defect can cause.</summary>
    [JsonStringEnumMemberName("safeguard")] Safeguard = 3,

    /// <summary>An ownership audit found an inconsistency.</summary>
    [JsonStringEnumMemberName("audit")] Audit = 4,

    /// <summary>The app's backend reported that the wrong patient was in the call.</summary>
    [JsonStringEnumMemberName("scheduler")] Scheduler = 5,
}
