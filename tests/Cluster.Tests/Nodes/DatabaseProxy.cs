using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A TCP proxy between nodes and PostgreSQL that can lose the server's answer to a commit: what was to be written is written, the connection is cut, and
/// nobody was told. It understands as much of the protocol (PostgreSQL, "Frontend/Backend Protocol") as it needs for that.
/// </summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private const byte CommandComplete = (byte)'C', ReadyForQuery = (byte)'Z', Idle = (byte)'I';
    private static readonly string[] Writes = ["INSERT", "UPDATE", "DELETE", "COMMIT"];

    private readonly TcpListener _listener;
    private readonly int _server;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private int _lost;

    /// <param name="server">PostgreSQL's port on this machine.</param>
    /// <param name="address">Where nodes reach the proxy.</param>
    public DatabaseProxy(int server, IPAddress address)
    {
        _server = server;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = Accept();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Asked for every answer to a commit: whether it is lost. Null: none is.</summary>
    public Func<bool>? Loses { get; set; }

    /// <summary>How many answers were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var node = await _listener.AcceptTcpClientAsync(_ending.Token);
                connections.Add(Carry(node));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Carry(TcpClient accepted)
    {
        using var node = accepted;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, _ending.Token);
            node.NoDelay = server.NoDelay = true;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            await Task.WhenAny(
                node.GetStream().CopyToAsync(server.GetStream(), ended.Token), CarryAnswers(server.GetStream(), node.GetStream(), ended.Token));
            await ended.CancelAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either end is gone; so is the other, now.
        }
        node.Client.LingerState = new LingerOption(true, 0); // reset, as when a machine on the way dies
    }

    /// <summary>Holds back an answer until it is whole. Ends, and with it the connection, when one is lost.</summary>
    private async Task CarryAnswers(NetworkStream server, NetworkStream node, CancellationToken cancellation)
    {
        var header = new byte[5];
        var answer = new MemoryStream();
        var writes = false;
        while (await server.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation) == header.Length)
        {
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
            await server.ReadExactlyAsync(body, cancellation);
            answer.Write(header);
            answer.Write(body);
            if (header[0] == CommandComplete)
            {
                var tag = Encoding.ASCII.GetString(body).TrimEnd('\0');
                writes |= Array.Exists(Writes, verb => tag.StartsWith(verb, StringComparison.Ordinal)) && !tag.EndsWith(" 0", StringComparison.Ordinal);
            }
            if (header[0] != ReadyForQuery && !IsAwaited(header[0]))
                continue;
            // Idle: no transaction is open, so what was written is committed.
            if (header[0] == ReadyForQuery && body[0] == Idle && writes && Loses?.Invoke() == true)
            {
                Interlocked.Increment(ref _lost);
                return;
            }
            await node.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), cancellation);
            answer.SetLength(0);
            writes = writes && header[0] != ReadyForQuery;
        }
    }

    /// <summary>What a client answers before the server says more: it must not be held back.</summary>
    private static bool IsAwaited(byte message) => message is (byte)'R' or (byte)'G' or (byte)'N' or (byte)'A';
}
