using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>Calls of the Api as the backend, the recorder and the patient make them.</summary>
public class ApiCalls(HttpClient http)
{
    /// <summary>A real clip with H.264 video and AAC audio.</summary>
    public static readonly byte[] Video = Clip("av-faststart.mp4");

    /// <summary>A real clip with AAC audio only.</summary>
    public static readonly byte[] Audio = Clip("audio.m4a");

    public HttpClient Http => http;

    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? token, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                byte[] bytes => new ByteArrayContent(bytes),
                _ => JsonContent.Create(body),
            },
        };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value));
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Repeats a request, for up to a minute, while its code is <c>unavailable</c>, as it can be on a busy machine.</summary>
    public static async Task<HttpResponseMessage> RetryWhileUnavailable(Func<Task<HttpResponseMessage>> send)
    {
        var waited = Stopwatch.StartNew();
        using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (true)
        {
            var response = await send();
            if (response.StatusCode is not HttpStatusCode.ServiceUnavailable || waited.Elapsed > TimeSpan.FromMinutes(1))
                return response;
            await response.Content.LoadIntoBufferAsync();
            if (!(await response.Content.ReadAsStringAsync()).Contains("\"unavailable\"", StringComparison.Ordinal))
                return response;
            response.Dispose();
            await pauses.WaitForNextTickAsync();
        }
    }

    /// <summary>Fails unless the response has the expected status.</summary>
    /// <returns>The JSON of the response; null when its body is empty.</returns>
    public async Task<JsonNode?> Expect(
        HttpStatusCode expected, HttpMethod method, string path, string? token, object? body = null,
        params (string Name, string Value)[] headers)
    {
        using var response = await RetryWhileUnavailable(() => Send(method, path, token, body, headers));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode}, expected {(int)expected}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public Task<JsonNode?> Get(string path, string token) => Expect(HttpStatusCode.OK, HttpMethod.Get, path, token);

    public Task<JsonNode?> Post(string path, string token, object? body = null) =>
        Expect(HttpStatusCode.OK, HttpMethod.Post, path, token, body);

    public static string NewPatient() => $"p-{Guid.NewGuid():n}";

    public static string PathOf(string patient, int number) => $"/v1/patients/{Uri.EscapeDataString(patient)}/consultations/{number}";

    /// <returns>The number of the consultation.</returns>
    public async Task<int> Book(string patient, string clinician = "clin-1")
    {
        var body = new
        {
            clinician = new { id = clinician, name = "Dr Amara Osei" },
            scheduledFor = "2026-06-10T10:00:00Z",
            reason = "Rash",
        };
        var booked = await Expect(
            HttpStatusCode.Created, HttpMethod.Post, $"/v1/patients/{Uri.EscapeDataString(patient)}/consultations", TestTokens.Scheduler,
            body, NewIdempotencyKey());
        return (int)booked!["number"]!;
    }

    /// <summary>Books and starts a consultation in which the patient is present and consents to both modes.</summary>
    public async Task<int> Begin(string patient, string mode = "video", string clinician = "clin-1")
    {
        var number = await Book(patient, clinician);
        await Post($"{PathOf(patient, number)}/start", TestTokens.Scheduler, new { mode });
        foreach (var consented in new[] { "audio", "video" })
            await Post($"/v1/me/consultations/{number}/consent", TestTokens.Patient(patient), new { mode = consented, granted = true });
        return number;
    }

    /// <returns>The opened recording, with <c>ordinal</c> and <c>upload</c>.</returns>
    public async Task<JsonNode> Open(string patient, int number, string contentType = "video/mp4", object? body = null) =>
        (await Expect(
            HttpStatusCode.Created, HttpMethod.Post, $"{PathOf(patient, number)}/recordings", TestTokens.Recorder,
            body ?? new { contentType }, NewIdempotencyKey()))!;

    public async Task Upload(JsonNode opened, byte[] media)
    {
        using var response = await RetryWhileUnavailable(() => Send(HttpMethod.Put, (string)opened["upload"]!, TestTokens.Recorder, media));
        Assert.True(response.IsSuccessStatusCode, $"PUT: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    public Task<HttpResponseMessage> Seal(string patient, int number, int ordinal, byte[] media) =>
        PollSeal(() => RequestSeal(patient, number, ordinal, media));

    /// <summary>Repeats a request up to 30 times while sealing is in progress. The Api delays each such response by two seconds.</summary>
    public static async Task<HttpResponseMessage> PollSeal(Func<Task<HttpResponseMessage>> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            var response = await send();
            if (response.StatusCode is not HttpStatusCode.Accepted || attempt == 30)
                return response;
            response.Dispose();
        }
    }

    public Task<HttpResponseMessage> RequestSeal(string patient, int number, int ordinal, byte[] media) => Send(
        HttpMethod.Post, $"{PathOf(patient, number)}/recordings/{ordinal}/seal", TestTokens.Recorder,
        new { durationSeconds = 2, sha256 = Digest(media) });

    /// <summary>Opens, uploads and seals a recording.</summary>
    /// <returns>The id of the replay.</returns>
    public async Task<string> Record(string patient, int number, byte[]? media = null, string contentType = "video/mp4")
    {
        media ??= Video;
        var opened = await Open(patient, number, contentType);
        await Upload(opened, media);
        var ordinal = (int)opened["ordinal"]!;
        using var response = await RetryWhileUnavailable(() => Seal(patient, number, ordinal, media));
        Assert.True(
            response.StatusCode is HttpStatusCode.OK, $"seal: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return $"{number}-{ordinal}";
    }

    /// <summary>Books and starts a video consultation and records one replay in it.</summary>
    /// <returns>The id of the replay.</returns>
    public async Task<string> Give(string patient, byte[]? media = null) => await Record(patient, await Begin(patient), media);

    /// <returns>The ids of all replays in the patient's list, newest first.</returns>
    public async Task<List<string>> Replays(string patient) =>
        [.. (await GetAllPages("/v1/me/replays", 100, TestTokens.Patient(patient))).Select(item => (string)item["id"]!)];

    /// <returns>The items of all pages of a list.</returns>
    public async Task<List<JsonNode>> GetAllPages(string path, int limit, string token)
    {
        var items = new List<JsonNode>();
        for (var after = ""; ;)
        {
            var page = await Get($"{path}?limit={limit}{after}", token);
            items.AddRange(page!["items"]!.AsArray()!);
            if ((string?)page["next"] is not { } next)
                return items;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
    }

    public Task<HttpResponseMessage> Media(string patient, string id, params (string Name, string Value)[] headers) =>
        RetryWhileUnavailable(() => Send(HttpMethod.Get, $"/v1/me/replays/{id}/media", TestTokens.Patient(patient), null, headers));

    private static (string, string) NewIdempotencyKey() => ("Idempotency-Key", $"{Guid.NewGuid()}");

    public static string Digest(byte[] media) => Convert.ToHexStringLower(SHA256.HashData(media));

    private static byte[] Clip(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips", name));
}
