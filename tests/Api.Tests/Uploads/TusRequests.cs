using System.Net;
using System.Net.Http.Headers;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>tus 1.0.0 requests as the recorder sends them.</summary>
internal static class TusRequests
{
    public static Task<HttpResponseMessage> Patch(
        this ApiProcess api, string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers) =>
        api.Send(HttpMethod.Patch, upload, TestTokens.Recorder, Body(bytes),
            [("Tus-Resumable", "1.0.0"), ("Upload-Offset", $"{offset}"), .. headers]);

    /// <summary>Sends a PATCH and fails unless the server accepts it.</summary>
    /// <returns>The offset that the server acknowledged.</returns>
    public static async Task<long> Append(
        this ApiProcess api, string upload, long offset, ReadOnlyMemory<byte> bytes, params (string, string)[] headers)
    {
        using var response = await api.Patch(upload, offset, bytes, headers);
        Assert.True(
            response.StatusCode is HttpStatusCode.NoContent, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("1.0.0", response.Header("Tus-Resumable"));
        return long.Parse(response.Header("Upload-Offset")!);
    }

    public static Task<HttpResponseMessage> Head(this ApiProcess api, string upload) =>
        api.Send(HttpMethod.Head, upload, TestTokens.Recorder, null, ("Tus-Resumable", "1.0.0"));

    /// <summary>Opens a recording in a new consultation of a new patient.</summary>
    public static async Task<(string Patient, int Number, string Upload)> OpenUpload(this ApiProcess api, object? body = null)
    {
        var patient = ApiProcess.NewPatient();
        var number = await api.Begin(patient);
        return (patient, number, (string)(await api.Open(patient, number, body: body))["upload"]!);
    }

    public static HttpContent Body(ReadOnlyMemory<byte> bytes) =>
        new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
