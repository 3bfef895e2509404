using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>The main job as its users do it, with any Api.</summary>
public class ApiCalls(HttpClient http)
{
    /// <summary>A real clip: H.264 and AAC.</summary>
    public static readonly byte[] Video = Clip("av-faststart.mp4");

    /// <summary>A real clip: AAC alone.</summary>
    public static readonly byte[] Audio = Clip("audio.m4a");

    public HttpClient Http => http;

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? token, object? body = null, params (string Name, string Value)[] headers)
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
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value));
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Asks again, as any client does, while the answer is that it can't be done just now: on a busy machine that is no failure.</summary>
    public static async Task<HttpResponseMessage> Patiently(Func<Task<HttpResponseMessage>> ask)
    {
        var waited = Stopwatch.StartNew();
        using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (true)
        {
            var answer = await ask();
            if (answer.StatusCode is not HttpStatusCode.ServiceUnavailable || waited.Elapsed > TimeSpan.FromMinutes(1))
                return answer;
            await answer.Content.LoadIntoBufferAsync();
            if (!(await answer.Content.ReadAsStringAsync()).Contains("\"unavailable\"", StringComparison.Ordinal))
                return answer;
            answer.Dispose();
            await pauses.WaitForNextTickAsync();
        }
    }

    /// <summary>Sends, and fails unless the status is the expected one.</summary>
    /// <returns>The JSON that came back; null when there was none.</returns>
    public async Task<JsonNode?> Must(
        HttpStatusCode expected, HttpMethod method, string path, string? token, object? body = null, params (string Name, string Value)[] headers)
    {
        using var answer = await Patiently(() => Send(method, path, token, body, headers));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {(int)answer.StatusCode}, expected {(int)expected}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public Task<JsonNode?> Get(string path, string token) => Must(HttpStatusCode.OK, HttpMethod.Get, path, token);

    public Task<JsonNode?> Post(string path, string token, object? body = null) => Must(HttpStatusCode.OK, HttpMethod.Post, path, token, body);

    public static string NewPatient() => $"p-{Guid.NewGuid():n}";

    public static string PathOf(string patient, int number) => $"/v1/patients/{Uri.EscapeDataString(patient)}/consultations/{number}";

    /// <returns>The consultation's number.</returns>
    public async Task<int> Book(string patient, string clinician = "clin-1")
    {
        var body = new { clinician = new { id = clinician, name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z", reason = "Rash" };
        var booked = await Must(
            HttpStatusCode.Created, HttpMethod.Post, $"/v1/patients/{Uri.EscapeDataString(patient)}/consultations", TestTokens.Scheduler, body, Once());
        return (int)booked!["number"]!;
    }

    /// <summary>Booked, started, and the patient is there and consents to both modes.</summary>
    public async Task<int> Begin(string patient, string mode = "video", string clinician = "clin-1")
    {
        var number = await Book(patient, clinician);
        await Post($"{PathOf(patient, number)}/start", TestTokens.Scheduler, new { mode });
        foreach (var consented in new[] { "audio", "video" })
            await Post($"/v1/me/consultations/{number}/consent", TestTokens.Patient(patient), new { mode = consented, granted = true });
        return number;
    }

    /// <returns>The recording as it was opened: <c>ordinal</c>, <c>upload</c>, …</returns>
    public async Task<JsonNode> Open(string patient, int number, string contentType = "video/mp4", object? body = null) =>
        (await Must(
            HttpStatusCode.Created, HttpMethod.Post, $"{PathOf(patient, number)}/recordings", TestTokens.Recorder, body ?? new { contentType }, Once()))!;

    public async Task Upload(JsonNode opened, byte[] media)
    {
        using var answer = await Patiently(() => Send(HttpMethod.Put, (string)opened["upload"]!, TestTokens.Recorder, media));
        Assert.True(answer.IsSuccessStatusCode, $"PUT: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public Task<HttpResponseMessage> Seal(string patient, int number, int ordinal, byte[] media) =>
        UntilSealed(() => AskToSeal(patient, number, ordinal, media));

    /// <summary>Asks again while the answer is that sealing goes on, which comes after two seconds.</summary>
    public static async Task<HttpResponseMessage> UntilSealed(Func<Task<HttpResponseMessage>> ask)
    {
        for (var times = 1; ; times++)
        {
            var answer = await ask();
            if (answer.StatusCode is not HttpStatusCode.Accepted || times == 30)
                return answer;
            answer.Dispose();
        }
    }

    public Task<HttpResponseMessage> AskToSeal(string patient, int number, int ordinal, byte[] media) => Send(
        HttpMethod.Post, $"{PathOf(patient, number)}/recordings/{ordinal}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = Digest(media) });

    /// <summary>Opened, uploaded, sealed.</summary>
    /// <returns>The replay's id.</returns>
    public async Task<string> Record(string patient, int number, byte[]? media = null, string contentType = "video/mp4")
    {
        media ??= Video;
        var opened = await Open(patient, number, contentType);
        await Upload(opened, media);
        var ordinal = (int)opened["ordinal"]!;
        using var answer = await Patiently(() => Seal(patient, number, ordinal, media));
        Assert.True(answer.StatusCode is HttpStatusCode.OK, $"seal: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return $"{number}-{ordinal}";
    }

    /// <summary>One whole video consultation with one recording.</summary>
    /// <returns>The replay's id.</returns>
    public async Task<string> Give(string patient, byte[]? media = null) => await Record(patient, await Begin(patient), media);

    /// <returns>The ids of all replays in the patient's list, newest first.</returns>
    public async Task<List<string>> Replays(string patient)
    {
        var ids = new List<string>();
        for (var after = ""; ;)
        {
            var page = await Get($"/v1/me/replays?limit=100{after}", TestTokens.Patient(patient));
            ids.AddRange(page!["items"]!.AsArray().Select(item => (string)item!["id"]!));
            if ((string?)page["next"] is not { } next)
                return ids;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
    }

    public Task<HttpResponseMessage> Media(string patient, string id, params (string Name, string Value)[] headers) =>
        Patiently(() => Send(HttpMethod.Get, $"/v1/me/replays/{id}/media", TestTokens.Patient(patient), null, headers));

    /// <summary>So that what is asked again is done once.</summary>
    private static (string, string) Once() => ("Idempotency-Key", $"{Guid.NewGuid()}");

    public static string Digest(byte[] media) => Convert.ToHexStringLower(SHA256.HashData(media));

    private static byte[] Clip(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips", name));
}
