using System.Net.Sockets;

namespace Replays.Api.Tests.Uploads;

/// <summary>A proxy that resets the client's connection each time a number of bytes has been uploaded.</summary>
/// <param name="target">Port of the server.</param>
/// <param name="interval">Bytes between two disconnections.</param>
/// <param name="actions">One action per disconnection, run just before it.</param>
internal sealed class DisconnectingProxy(int target, long interval, params Func<Task>[] actions) : TcpProxy(target)
{
    private readonly Lock _lock = new();
    private long _uploaded;

    public int Disconnections { get; private set; }

    protected override Task Forward(Socket client, Socket server) => Task.WhenAny(
        Pump(client, server, async chunk =>
        {
            if (NextAction(chunk.Length) is not { } action)
                return true;
            await server.SendAsync(chunk[..(chunk.Length / 2)]);
            await action();
            return false;
        }),
        Pump(server, client, _ => Task.FromResult(true))).Unwrap();

    private Func<Task>? NextAction(int bytes)
    {
        lock (_lock)
        {
            _uploaded += bytes;
            return Disconnections < actions.Length && _uploaded >= (Disconnections + 1) * interval ? actions[Disconnections++] : null;
        }
    }
}
