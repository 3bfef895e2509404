using Replays.Grains.Incidents;

namespace Replays.Grains.Stops;

/// <summary>What came of a report.</summary>
/// <param name="Incident">The incident that the recordings are in; null: none, they were taken out of reach without one.</param>
/// <param name="IsNew">Whether this report opened it.</param>
public sealed record Quarantined(IncidentReport? Incident, bool IsNew);
