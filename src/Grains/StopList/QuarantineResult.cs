using Replays.Grains.Incidents;

namespace Replays.Grains.StopList;

/// <summary>What came of a report.</summary>
/// <param name="Incident">The reporter's incident that the recordings are in; null: there was nothing that they could report.</param>
/// <param name="IsNew">Whether this report opened it.</param>
public sealed record QuarantineResult(IncidentReport? Incident, bool IsNew);
