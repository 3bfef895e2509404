using System.Net;
using System.Net.Http.Headers;
using Replays.Api.Tests.Http;

namespace Replays.Api.Tests.Uploads;

/// <summary>A PATCH that stops in the middle of its body until it is told to go on, or to break off.</summary>
internal sealed class SlowUpload : HttpContent
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _stopAt;
    private readonly TaskCompletionSource _begun = New(), _gate = New();
    private readonly HttpClient _http;

    public SlowUpload(ApiProcess api, string upload, ReadOnlyMemory<byte> bytes, int stopAt)
    {
        (_bytes, _stopAt) = (bytes, stopAt);
        _http = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = api.Http.BaseAddress };
        var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = this };
        request.Headers.Authorization = new("Bearer", TestTokens.Recorder);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        // The server asks for the body when it has leave to write: from then on this upload is the one in progress.
        request.Headers.ExpectContinue = true;
        Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        Answer = _http.SendAsync(request);
    }

    public Task Begun => _begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public Task<HttpResponseMessage> Answer { get; }

    public void GoOn() => _gate.TrySetResult();

    public void BreakOff() => _gate.TrySetException(new IOException("The connection is cut by the test."));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_bytes[.._stopAt]);
        await stream.FlushAsync();
        _begun.TrySetResult();
        await _gate.Task;
        await stream.WriteAsync(_bytes[_stopAt..]);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _http.Dispose();
        base.Dispose(disposing);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
