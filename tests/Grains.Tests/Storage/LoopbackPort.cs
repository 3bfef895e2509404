using System.Net;
using System.Net.Sockets;

namespace Replays.Grains.Tests.Storage;

/// <summary>
/// Free loopback ports that nobody else takes between here and the program that will listen there: below those that the system gives by itself, and from
/// a block that this process keeps to itself.
/// </summary>
public static class LoopbackPort
{
    private const int First = 10_000, Blocks = 50, BlockSize = 200;

    private static readonly System.Threading.Lock Claiming = new();
    private static TcpListener? _block;
    private static int _last;

    public static int Next()
    {
        lock (Claiming)
        {
            // The first port of a block stays taken for as long as this process lives: whoever has it has the block.
            _block ??= Enumerable.Range(0, Blocks).Select(block => Listen(First + block * BlockSize)).First(listener => listener is not null);
            for (; ; )
            {
                _last = _last % (BlockSize - 1) + 1;
                var port = ((IPEndPoint)_block!.LocalEndpoint).Port + _last;
                using var free = Listen(port);
                if (free is not null)
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
