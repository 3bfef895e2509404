namespace Replays.Grains.Incidents;

public static class IncidentGrains
{
    public static IIncidentGrain Incident(this IGrainFactory grains, string id) => grains.GetGrain<IIncidentGrain>("incidents/" + id);
}
