using System.Net;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A network namespace per node, all on one bridge that also reaches the database and the clients. Packet filters in the nodes' namespaces
/// create partitions.
/// </summary>
internal sealed class NetworkNamespaces : IAsyncDisposable
{
    /// <summary>Random, so that concurrent runs on one machine do not collide.</summary>
    private readonly int _subnet = Random.Shared.Next(1, 255);

    private readonly int _nodes;

    private NetworkNamespaces(int nodes) => _nodes = nodes;

    public IPAddress Database => IPAddress.Parse($"10.213.{_subnet}.2");

    /// <summary>
    /// The host's link to the bridge, and the bridge's own namespace, which keeps its traffic away from Docker's packet filters.
    /// </summary>
    private string Name => $"replays{_subnet}";

    /// <summary>Skips the test if namespaces cannot be created.</summary>
    public static async Task<NetworkNamespaces> Create(int nodes)
    {
        var namespaces = new NetworkNamespaces(nodes);
        try
        {
            await namespaces.CreateAll();
            return namespaces;
        }
        catch (InvalidOperationException exception)
        {
            await namespaces.DisposeAsync();
            Assert.Skip($"Network namespaces need root, iproute2 and iptables: {exception.Message}");
            throw;
        }
    }

    public string Address(int node) => $"10.213.{_subnet}.{11 + node}";

    public string[] CommandPrefix(int node) => ["ip", "netns", "exec", Namespace(node)];

    /// <summary>Drops all packets between some nodes and some addresses.</summary>
    /// <param name="nodes">Indexes of the isolated nodes.</param>
    /// <param name="addresses">Addresses that the nodes cannot reach.</param>
    /// <param name="bidirectional">False drops only the packets to the nodes.</param>
    public async Task Isolate(IEnumerable<int> nodes, IEnumerable<string> addresses, bool bidirectional = true)
    {
        var rules = addresses
            .SelectMany(address => bidirectional ? [$"INPUT -s {address}", $"OUTPUT -d {address}"] : new[] { $"INPUT -s {address}" })
            .ToList();
        await Shell.Run(string.Join(" && ", nodes.SelectMany(node => rules.Select(rule => $"{In(node)} iptables -A {rule} -j DROP"))));
    }

    public Task Reconnect() => Shell.Run(string.Join(" && ", Enumerable.Range(0, _nodes).Select(node => $"{In(node)} iptables -F")));

    public async ValueTask DisposeAsync() => await Shell.Run(string.Join("; ",
    [
        .. Enumerable.Range(0, _nodes).Select(node => $"ip netns del {Namespace(node)}"),
        $"ip link del {Name}", $"ip netns del {Name}", "true",
    ]));

    private Task CreateAll() => Shell.Run(string.Join(" && ",
    [
        $"ip netns add {Name} && ip -n {Name} link add bridge type bridge && ip -n {Name} link set bridge up",
        $"ip link add {Name} type veth peer name host netns {Name} && ip -n {Name} link set host master bridge up",
        $"ip addr add 10.213.{_subnet}.1/24 dev {Name} && ip addr add {Database}/24 dev {Name} && ip link set {Name} up",
        .. Enumerable.Range(0, _nodes).Select(node =>
            $"ip netns add {Namespace(node)} && {In(node)} iptables -L -n "
            + $"&& ip -n {Name} link add node{node} type veth peer name eth0 netns {Namespace(node)} "
            + $"&& ip -n {Name} link set node{node} master bridge up && ip -n {Namespace(node)} addr add {Address(node)}/24 dev eth0 "
            + $"&& ip -n {Namespace(node)} link set eth0 up && ip -n {Namespace(node)} link set lo up"),
    ]));

    private string Namespace(int node) => $"{Name}-{node}";

    private string In(int node) => $"ip netns exec {Namespace(node)}";
}
