namespace Replays.Grains.Incidents;

/// <summary>A position in the list of incidents.</summary>
public sealed record IncidentCursor(bool IsOpen, DateTimeOffset? DueAt, string Id);
