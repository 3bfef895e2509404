using System.Net;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A network namespace for every node, all on one bridge, where the database and the clients have addresses as well. What is cut is cut by packet
/// filters in the nodes' own namespaces.
/// </summary>
internal sealed class Networks : IAsyncDisposable
{
    /// <summary>By chance, so that two runs on one machine don't meet.</summary>
    private readonly int _net = Random.Shared.Next(1, 255);

    private readonly int _nodes;

    private Networks(int nodes) => _nodes = nodes;

    public IPAddress Database => IPAddress.Parse($"10.213.{_net}.2");

    /// <summary>Of the way from here to the bridge, and of the bridge's own namespace: in this one Docker's packet filters would see what passes it.</summary>
    private string Name => $"replays{_net}";

    /// <summary>Skips the test where namespaces can't be made.</summary>
    public static async Task<Networks> Make(int nodes)
    {
        var networks = new Networks(nodes);
        try
        {
            await networks.Make();
            return networks;
        }
        catch (InvalidOperationException exception)
        {
            await networks.DisposeAsync();
            Assert.Skip($"Network namespaces need root, iproute2 and iptables: {exception.Message}");
            throw;
        }
    }

    public string Address(int node) => $"10.213.{_net}.{11 + node}";

    /// <summary>Starts a node there.</summary>
    public string[] Via(int node) => ["ip", "netns", "exec", Namespace(node)];

    /// <summary>Drops everything between the nodes of an island and these addresses.</summary>
    /// <param name="island">Nodes.</param>
    /// <param name="others">Addresses.</param>
    /// <param name="both">Whether the island's own packets are dropped too, or only those that come to it.</param>
    public async Task Cut(IEnumerable<int> island, IEnumerable<string> others, bool both = true)
    {
        var rules = others.SelectMany(other => both ? [$"INPUT -s {other}", $"OUTPUT -d {other}"] : new[] { $"INPUT -s {other}" }).ToList();
        await Shell.Run(string.Join(" && ", island.SelectMany(node => rules.Select(rule => $"{In(node)} iptables -A {rule} -j DROP"))));
    }

    public Task Heal() => Shell.Run(string.Join(" && ", Enumerable.Range(0, _nodes).Select(node => $"{In(node)} iptables -F")));

    public async ValueTask DisposeAsync() => await Shell.Run(
        string.Join("; ", [.. Enumerable.Range(0, _nodes).Select(node => $"ip netns del {Namespace(node)}"), $"ip link del {Name}", $"ip netns del {Name}", "true"]));

    private Task Make() => Shell.Run(string.Join(" && ",
    [
        $"ip netns add {Name} && ip -n {Name} link add bridge type bridge && ip -n {Name} link set bridge up",
        $"ip link add {Name} type veth peer name host netns {Name} && ip -n {Name} link set host master bridge up",
        $"ip addr add 10.213.{_net}.1/24 dev {Name} && ip addr add {Database}/24 dev {Name} && ip link set {Name} up",
        .. Enumerable.Range(0, _nodes).Select(node =>
            $"ip netns add {Namespace(node)} && {In(node)} iptables -L -n && ip -n {Name} link add node{node} type veth peer name eth0 netns {Namespace(node)} "
            + $"&& ip -n {Name} link set node{node} master bridge up && ip -n {Namespace(node)} addr add {Address(node)}/24 dev eth0 "
            + $"&& ip -n {Namespace(node)} link set eth0 up && ip -n {Namespace(node)} link set lo up"),
    ]));

    private string Namespace(int node) => $"{Name}-{node}";

    private string In(int node) => $"ip netns exec {Namespace(node)}";
}
