using System.Net.Http.Headers;
using Replays.Api.Tests.Http;

namespace Replays.Api.Tests.Uploads;

/// <summary>The requests of tus, as the media pipeline sends them.</summary>
internal static class TusUploads
{
    public static Task<HttpResponseMessage> Patch(
        this ApiProcess api, string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers) =>
        api.Send(HttpMethod.Patch, upload, TestTokens.Recorder, Body(bytes), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", $"{offset}"), .. headers]);

    public static Task<HttpResponseMessage> Head(this ApiProcess api, string upload) =>
        api.Send(HttpMethod.Head, upload, TestTokens.Recorder, null, ("Tus-Resumable", "1.0.0"));

    public static HttpContent Body(ReadOnlyMemory<byte> bytes) =>
        new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };

    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
