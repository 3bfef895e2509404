using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A player that began and was paused: it takes no more media, so that the rest of the answer waits with the server and in the buffers between.
/// Only a connection that is reset reaches it.
/// </summary>
internal sealed class PausedPlayer : IDisposable
{
    private const int Taken = 256 << 10;

    private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _socket;

    public PausedPlayer(Uri server, string path, string token) => CutOff = Play(server, path, token);

    /// <summary>Completes once media have arrived and it pauses.</summary>
    public Task Paused => _paused.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>When its connection was reset; by the stopwatch.</summary>
    public Task<long> CutOff { get; }

    public void Dispose() => _socket?.Dispose();

    private async Task<long> Play(Uri server, string path, string token)
    {
        var request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        var socket = await Begin();
        _paused.SetResult();
        using var watch = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!socket.Poll(TimeSpan.Zero, SelectMode.SelectError))
            await watch.WaitForNextTickAsync();
        return Stopwatch.GetTimestamp();

        // As a player does: who is refused or cut off at first begins again.
        async Task<Socket> Begin()
        {
            using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            for (var tries = 1; ; tries++)
            {
                _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 32 << 10, NoDelay = true };
                if (await Arrive(_socket))
                    return _socket;
                _socket.Dispose();
                if (tries == 100)
                    throw new IOException("No media arrive.");
                await pauses.WaitForNextTickAsync();
            }
        }

        async Task<bool> Arrive(Socket with)
        {
            var buffer = new byte[16 << 10];
            try
            {
                await with.ConnectAsync(server.Host, server.Port);
                await with.SendAsync(request);
                var taken = 0;
                for (var read = 1; read > 0 && taken < Taken; taken += read)
                    read = await with.ReceiveAsync(buffer);
                return taken >= Taken;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
