using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A player that takes media no faster than it shows them, with small buffers of its own: most of the answer is still with the server. Reads until
/// the end, or until it is cut off.
/// </summary>
internal sealed class SlowPlayer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 32 << 10, NoDelay = true };
    private readonly TaskCompletionSource _playing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes, _lastByteAt;

    public SlowPlayer(Uri server, string path, string token) => Ended = Play(server, path, token);

    /// <summary>Completes once media arrive.</summary>
    public Task Playing => _playing.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>When it was cut off, or had all; by the stopwatch.</summary>
    public Task<long> Ended { get; }

    /// <summary>How much has arrived.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>When media last arrived; by the stopwatch.</summary>
    public long LastByteAt => Volatile.Read(ref _lastByteAt);

    public void Dispose() => _socket.Dispose();

    private async Task<long> Play(Uri server, string path, string token)
    {
        await _socket.ConnectAsync(server.Host, server.Port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));
        var buffer = new byte[16 << 10];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (await _socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                _lastByteAt = Stopwatch.GetTimestamp();
                if (Interlocked.Add(ref _bytes, read) > 256 << 10)
                    _playing.TrySetResult();
                await pace.WaitForNextTickAsync();
            }
        }
        catch (SocketException)
        {
            // Cut off.
        }
        return Stopwatch.GetTimestamp();
    }
}
