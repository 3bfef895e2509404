using System.Net;
using System.Net.Sockets;

namespace Replays.Api.Tests.Uploads;

/// <summary>Forwards TCP connections from a free loopback port to a server on another one.</summary>
internal abstract class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly HashSet<Socket> _sockets = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private bool _isDisconnected;

    /// <param name="target">Port of the server.</param>
    protected TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Resets all existing and future connections.</summary>
    public void Disconnect()
    {
        lock (_sockets)
        {
            _isDisconnected = true;
            foreach (var socket in _sockets)
                socket.Close(0);
        }
    }

    public void Reconnect()
    {
        lock (_sockets)
            _isDisconnected = false;
    }

    public virtual async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Disconnect();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    /// <summary>Forwards one connection until either direction ends.</summary>
    protected abstract Task Forward(Socket client, Socket server);

    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="onRead">Runs before a chunk is forwarded; ends the connection by returning false.</param>
    protected static async Task Pump(Socket from, Socket to, Func<Memory<byte>, Task<bool>> onRead)
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0 && await onRead(buffer.AsMemory(0, read));)
        {
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _connections.Add(Serve(await _listener.AcceptSocketAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is stopped.
        }
    }

    private async Task Serve(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_sockets)
        {
            _sockets.UnionWith([client, server]);
            if (_isDisconnected)
                client.Close(0);
        }

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Forward(client, server);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is down, or one of the two has disconnected.
        }
        finally
        {
            lock (_sockets)
            {
                client.Close(0);
                server.Close(0);
                _sockets.ExceptWith([client, server]);
            }
        }
    }
}
