namespace Replays.Cluster.Tests.Load;

/// <summary>The service gave a response that the contract rules out, such as 404 for an acknowledged booking.</summary>
internal sealed class ContractViolationException(string message) : Exception(message);
