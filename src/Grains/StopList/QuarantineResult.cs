using Replays.Grains.Incidents;

namespace Replays.Grains.StopList;

/// <summary>The result of a report.</summary>
/// <param name="Incident">The reporter's incident with the recordings; null when there was nothing to report.</param>
/// <param name="IsNew">Whether the report opened the incident.</param>
public sealed record QuarantineResult(IncidentReport? Incident, bool IsNew);
