using System.Net;
using System.Net.Sockets;

namespace Replays.Api.Tests.Uploads;

/// <summary>Between the Api and its S3 store: lets everything pass, holds back or garbles what is read, or is not there at all.</summary>
internal sealed class StoreProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private TaskCompletionSource _passes = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _away;
    private volatile int _garbled;

    public StoreProxy(int target)
    {
        _target = target;
        _passes.SetResult();
        _listener.Start();
        _accepting = Accept();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>From now on no body is handed out; everything else is answered.</summary>
    public void Hold() => _passes = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back is answered now.</summary>
    public void Release() => _passes.TrySetResult();

    /// <summary>Of the next so many answers with an entity tag it is cut short by a digit.</summary>
    public void Garble(int answers) => _garbled = answers;

    /// <summary>From now on every connection is broken, the present ones as well.</summary>
    public void GoAway()
    {
        lock (_sockets)
        {
            _away = true;
            foreach (var socket in _sockets)
                socket.Close(0);
        }
    }

    public void ComeBack()
    {
        lock (_sockets)
            _away = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Release();
        GoAway();
        await _accepting;
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task Serve(Socket client)
    {
        var store = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_sockets)
        {
            _sockets.UnionWith([client, store]);
            if (_away)
                client.Close(0);
        }

        var readsBody = false;
        try
        {
            await store.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(
                Pump(client, store, Note),
                Pump(store, client, Answer)).Unwrap();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two has gone.
        }

        lock (_sockets)
        {
            client.Close(0);
            store.Close(0);
            _sockets.ExceptWith([client, store]);
        }

        Task Answer(Memory<byte> sent)
        {
            if (_garbled > 0 && sent.Span.IndexOf("ETag: \""u8) is >= 0 and var tag)
            {
                _garbled--;
                sent.Span[tag + "ETag: \"".Length + 31] = (byte)'"';
            }
            return readsBody ? _passes.Task : Task.CompletedTask;
        }

        Task Note(Memory<byte> sent)
        {
            if (sent.Span.StartsWith("GET "u8))
                readsBody = sent.Span.IndexOf("/body "u8) > 0;
            return Task.CompletedTask;
        }
    }

    private static async Task Pump(Socket from, Socket to, Func<Memory<byte>, Task> look)
    {
        var buffer = new byte[64 << 10];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
        {
            await look(buffer.AsMemory(0, read));
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
    }
}
