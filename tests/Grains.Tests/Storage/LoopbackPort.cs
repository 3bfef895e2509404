using System.Net;
using System.Net.Sockets;

namespace Replays.Grains.Tests.Storage;

/// <summary>
/// Free loopback ports that no other process takes before the program listens there: below the ephemeral range, and from a block that
/// this process reserves.
/// </summary>
public static class LoopbackPort
{
    private const int First = 10_000, Blocks = 50, BlockSize = 200;

    private static readonly Lock Gate = new();
    private static TcpListener? _block;
    private static int _last;

    public static int Next()
    {
        lock (Gate)
        {
            // Listening on its first port reserves the block until this process ends.
            _block ??= Enumerable.Range(0, Blocks).Select(block => Listen(First + block * BlockSize)).First(block => block is not null);
            for (; ; )
            {
                _last = _last % (BlockSize - 1) + 1;
                var port = ((IPEndPoint)_block!.LocalEndpoint).Port + _last;
                using var listener = Listen(port);
                if (listener is not null)
                    return port;
            }
        }
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
