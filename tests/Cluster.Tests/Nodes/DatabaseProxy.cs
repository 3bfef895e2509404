using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A TCP proxy between nodes and PostgreSQL that can drop the server's response to a commit: the write is committed, and the client sees
/// only a broken connection. Parses as much of the protocol (PostgreSQL, "Frontend/Backend Protocol") as that needs.
/// </summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private const byte CommandComplete = (byte)'C', ReadyForQuery = (byte)'Z', Idle = (byte)'I';
    private static readonly string[] Writes = ["INSERT", "UPDATE", "DELETE", "COMMIT"];

    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private int _dropped;

    /// <param name="serverPort">PostgreSQL's loopback port.</param>
    /// <param name="address">The address on which the proxy listens.</param>
    public DatabaseProxy(int serverPort, IPAddress address)
    {
        _serverPort = serverPort;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = Accept();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Decides for every response to a commit whether to drop it; null drops none.</summary>
    public Func<bool>? DropsCommitResponse { get; set; }

    public int DroppedResponses => Volatile.Read(ref _dropped);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var node = await _listener.AcceptTcpClientAsync(_stopping.Token);
                connections.Add(Forward(node));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Forward(TcpClient accepted)
    {
        using var node = accepted;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
            node.NoDelay = server.NoDelay = true;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            await Task.WhenAny(
                node.GetStream().CopyToAsync(server.GetStream(), ended.Token),
                ForwardResponses(server.GetStream(), node.GetStream(), ended.Token));
            await ended.CancelAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One side closed its connection; the proxy closes the other.
        }
        node.Client.LingerState = new LingerOption(true, 0); // reset instead of an orderly close
    }

    /// <summary>Forwards complete responses. Returns, which closes the connection, when it drops one.</summary>
    private async Task ForwardResponses(NetworkStream server, NetworkStream node, CancellationToken cancellation)
    {
        var header = new byte[5];
        var response = new MemoryStream();
        var writes = false;
        while (await server.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation) == header.Length)
        {
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
            await server.ReadExactlyAsync(body, cancellation);
            response.Write(header);
            response.Write(body);
            if (header[0] == CommandComplete)
            {
                var tag = Encoding.ASCII.GetString(body).TrimEnd('\0');
                writes |= Array.Exists(Writes, verb => tag.StartsWith(verb, StringComparison.Ordinal))
                    && !tag.EndsWith(" 0", StringComparison.Ordinal);
            }
            if (header[0] != ReadyForQuery && !ClientMustReply(header[0]))
                continue;
            // Idle means that no transaction is open: the writes are committed.
            if (header[0] == ReadyForQuery && body[0] == Idle && writes && DropsCommitResponse?.Invoke() == true)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            await node.WriteAsync(response.GetBuffer().AsMemory(0, (int)response.Length), cancellation);
            response.SetLength(0);
            writes = writes && header[0] != ReadyForQuery;
        }
    }

    /// <summary>Whether the server waits for the client after this message, so that buffering it would deadlock.</summary>
    private static bool ClientMustReply(byte message) => message is (byte)'R' or (byte)'G' or (byte)'N' or (byte)'A';
}
