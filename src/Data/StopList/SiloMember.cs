namespace Replays.Data.StopList;

/// <summary>This process' row in the cluster's membership.</summary>
internal sealed record SiloMember(string Deployment, string Address, int Port, int Generation);
