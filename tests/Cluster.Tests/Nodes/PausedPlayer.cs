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

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 32 << 10, NoDelay = true };
    private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PausedPlayer(Uri server, string path, string token) => CutOff = Play(server, path, token);

    /// <summary>Completes once media have arrived and it pauses.</summary>
    public Task Paused => _paused.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>When its connection was reset; by the stopwatch.</summary>
    public Task<long> CutOff { get; }

    public void Dispose() => _socket.Dispose();

    private async Task<long> Play(Uri server, string path, string token)
    {
        await _socket.ConnectAsync(server.Host, server.Port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));
        var buffer = new byte[16 << 10];
        for (var taken = 0; taken < Taken;)
        {
            var read = await _socket.ReceiveAsync(buffer);
            if (read == 0)
                throw new IOException("The answer ended early.");
            taken += read;
        }
        _paused.SetResult();
        using var watch = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectError))
            await watch.WaitForNextTickAsync();
        return Stopwatch.GetTimestamp();
    }
}
