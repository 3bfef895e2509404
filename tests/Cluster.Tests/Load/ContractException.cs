namespace Replays.Cluster.Tests.Load;

/// <summary>The service said what it must never say: for example that an acknowledged booking isn't there.</summary>
internal sealed class ContractException(string message) : Exception(message);
