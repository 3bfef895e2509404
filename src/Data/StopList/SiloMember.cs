namespace Replays.Data.StopList;

/// <summary>The key of a silo in the membership table.</summary>
internal sealed record SiloMember(string Deployment, string Address, int Port, int Generation);
