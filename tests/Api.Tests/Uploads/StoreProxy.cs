using System.Net.Sockets;

namespace Replays.Api.Tests.Uploads;

/// <summary>A proxy between the Api and its S3 store that can hold back or corrupt responses, or be unreachable.</summary>
internal sealed class StoreProxy(int target) : TcpProxy(target)
{
    private TaskCompletionSource? _held;
    private volatile int _etagsToCorrupt;

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Holds back responses to reads of media bodies; all other responses pass.</summary>
    public void HoldBodies() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseBodies() => _held?.TrySetResult();

    /// <summary>Shortens the entity tag by one digit in the next <paramref name="count"/> responses that have one.</summary>
    public void CorruptETags(int count) => _etagsToCorrupt = count;

    public override ValueTask DisposeAsync()
    {
        ReleaseBodies();
        return base.DisposeAsync();
    }

    protected override Task Forward(Socket client, Socket server)
    {
        var readsBody = false;
        return Task.WhenAny(
            Pump(client, server, request =>
            {
                if (request.Span.StartsWith("GET "u8))
                    readsBody = request.Span.IndexOf("/body "u8) > 0;
                return Task.FromResult(true);
            }),
            Pump(server, client, async response =>
            {
                if (_etagsToCorrupt > 0 && response.Span.IndexOf("ETag: \""u8) is >= 0 and var tag)
                {
                    _etagsToCorrupt--;
                    response.Span[tag + "ETag: \"".Length + 31] = (byte)'"';
                }
                if (readsBody && _held is { } held)
                    await held.Task;
                return true;
            })).Unwrap();
    }
}
