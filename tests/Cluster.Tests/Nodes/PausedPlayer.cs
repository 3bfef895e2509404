using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A player that is paused after its first media: it reads no more, so that the rest of the response stays in the server and in socket
/// buffers. It notices only a reset connection.
/// </summary>
internal sealed class PausedPlayer : IDisposable
{
    private const int BytesBeforePause = 256 << 10;

    private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _socket;

    public PausedPlayer(Uri server, string path, string token) => Aborted = Play(server, path, token);

    public Task Paused => _paused.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Completes when the connection is reset, with the <see cref="Stopwatch"/> timestamp.</summary>
    public Task<long> Aborted { get; }

    public void Dispose() => _socket?.Dispose();

    private async Task<long> Play(Uri server, string path, string token)
    {
        var request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        var socket = await Connect();
        _paused.SetResult();
        using var watch = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!socket.Poll(TimeSpan.Zero, SelectMode.SelectError))
            await watch.WaitForNextTickAsync();
        return Stopwatch.GetTimestamp();

        // Retries like a player whose first requests are denied or aborted.
        async Task<Socket> Connect()
        {
            using var delay = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            for (var attempt = 1; ; attempt++)
            {
                _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    ReceiveBufferSize = 32 << 10,
                    NoDelay = true,
                };
                if (await ReceivesMedia(_socket))
                    return _socket;
                _socket.Dispose();
                if (attempt == 100)
                    throw new IOException("No media arrived.");
                await delay.WaitForNextTickAsync();
            }
        }

        async Task<bool> ReceivesMedia(Socket connection)
        {
            var buffer = new byte[16 << 10];
            try
            {
                await connection.ConnectAsync(server.Host, server.Port);
                await connection.SendAsync(request);
                var received = 0;
                for (var read = 1; read > 0 && received < BytesBeforePause; received += read)
                    read = await connection.ReceiveAsync(buffer);
                return received >= BytesBeforePause;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
