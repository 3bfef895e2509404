using System.Net;
using System.Net.Sockets;

namespace Replays.Api.Tests.Uploads;

/// <summary>
/// Between a client and the server: whenever so many bytes more have gone up, something happens, and the connection that they came by is cut.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly long _every;
    private readonly Func<Task>[] _events;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private long _sent;
    private int _happened;

    /// <param name="target">The server's port.</param>
    /// <param name="every">Bytes between two events.</param>
    /// <param name="events">What happens, in order, just before a connection is cut.</param>
    public CuttingProxy(int target, long every, params Func<Task>[] events)
    {
        (_target, _every, _events) = (target, every, events);
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many events there have been.</summary>
    public int Happened => _happened;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
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
            // Stopped.
        }
    }

    private async Task Serve(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(Pump(client, server, up: true), Pump(server, client, up: false)).Unwrap();
            }
            catch (SocketException)
            {
                // The server is away, or one of the two has gone.
            }

            // Not said goodbye to: reset.
            client.Close(0);
            server.Close(0);
        }
    }

    private async Task Pump(Socket from, Socket to, bool up)
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
        {
            if (up && Next(read) is { } happens)
            {
                await to.SendAsync(buffer.AsMemory(0, read / 2));
                await happens();
                return;
            }

            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
    }

    private Func<Task>? Next(int read)
    {
        lock (_events)
        {
            _sent += read;
            return _happened < _events.Length && _sent >= (_happened + 1) * _every ? _events[_happened++] : null;
        }
    }
}
