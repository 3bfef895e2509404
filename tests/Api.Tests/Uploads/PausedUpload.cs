using System.Net;
using System.Net.Http.Headers;
using Replays.Api.Tests.Http;

namespace Replays.Api.Tests.Uploads;

/// <summary>A PATCH that pauses in the middle of its body until the test resumes or aborts it.</summary>
internal sealed class PausedUpload : HttpContent
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _pauseAt;
    private readonly TaskCompletionSource _paused = New(), _resumed = New();
    private readonly HttpClient _http;

    public PausedUpload(ApiProcess api, string upload, ReadOnlyMemory<byte> bytes, int pauseAt)
    {
        (_bytes, _pauseAt) = (bytes, pauseAt);
        _http = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = api.Http.BaseAddress };
        var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = this };
        request.Headers.Authorization = new("Bearer", TestTokens.Recorder);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        // The server sends 100 Continue once it holds the upload lease.
        request.Headers.ExpectContinue = true;
        Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        Response = _http.SendAsync(request);
    }

    public Task Paused => _paused.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public Task<HttpResponseMessage> Response { get; }

    public void Resume() => _resumed.TrySetResult();

    public void Abort() => _resumed.TrySetException(new IOException("Aborted by the test."));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_bytes[.._pauseAt]);
        await stream.FlushAsync();
        _paused.TrySetResult();
        await _resumed.Task;
        await stream.WriteAsync(_bytes[_pauseAt..]);
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
