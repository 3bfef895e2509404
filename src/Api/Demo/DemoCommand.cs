using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Replays.Data.Sql;

namespace Replays.Api.Demo;

/// <summary>
/// The <c>demo</c> command, in Development only: starts the service with its own signing key, runs one consultation over HTTP with a real
/// clip, prints each step, and keeps serving.
/// </summary>
public sealed class DemoCommand
{
    private const string Issuer = "replays-demo", Audience = "replays", Patient = "demo-amina", OtherPatient = "demo-boris";
    private const string Scheme = "Authentication:Schemes:Bearer";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(64);

    public static bool IsRequested(string[] args) => args is ["demo", ..];

    /// <summary>Defaults to Development instead of Production.</summary>
    public static WebApplicationOptions Options(string[] args) => new()
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Development,
    };

    /// <summary>Accepts the demo's own tokens, and silences the log so that the transcript stays readable.</summary>
    /// <exception cref="StartupException">The environment is not Development.</exception>
    public void Configure(WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
        {
            throw new StartupException(
                "The demo issues its own tokens, so it runs only in Development. Unset ASPNETCORE_ENVIRONMENT and DOTNET_ENVIRONMENT.");
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{Scheme}:ValidIssuer"] = Issuer,
            [$"{Scheme}:ValidAudiences:0"] = Audience,
            [$"{Scheme}:SigningKeys:0:Issuer"] = Issuer,
            [$"{Scheme}:SigningKeys:0:Value"] = Convert.ToBase64String(_key),
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }

    /// <exception cref="InvalidOperationException">A response has an unexpected status.</exception>
    public async Task Run(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var (patient, other) = (Token(Patient, "patient"), Token(OtherPatient, "patient"));
        var (scheduler, recorder) = (Token("app-backend", "scheduler"), Token("media-pipeline", "recorder"));

        Print($"1  The app's backend books a consultation for {Patient}.");
        var booked = await Call(http, scheduler, HttpMethod.Post, $"/v1/patients/{Patient}/consultations", HttpStatusCode.Created, new
        {
            clinician = new { id = "clin-1", name = "Dr Amara Osei" },
            scheduledFor = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            reason = "Follow-up",
        });
        var (name, number) = ((string)booked!["name"]!, (int)booked["number"]!);

        Print($"2  The call starts in audio mode. {Patient} joins and consents to audio and video recording.");
        await Call(http, scheduler, HttpMethod.Post, $"/v1/{name}/start", HttpStatusCode.OK, new { mode = "audio" });
        await Call(http, patient, HttpMethod.Post, $"/v1/me/consultations/{number}/join", HttpStatusCode.OK);
        foreach (var mode in new[] { "audio", "video" })
        {
            var consent = new { mode, granted = true };
            await Call(http, patient, HttpMethod.Post, $"/v1/me/consultations/{number}/consent", HttpStatusCode.OK, consent);
        }

        Print("3  The recorder uploads and seals the audio part.");
        await Record(http, recorder, name, "consultation.m4a", "audio/mp4", 4);
        Print("4  The call switches to video mode. It stays the same consultation, so its owner cannot change.");
        await Call(http, scheduler, HttpMethod.Post, $"/v1/{name}/mode", HttpStatusCode.OK, new { mode = "video" });
        Print("5  The recorder uploads and seals the video part.");
        await Record(http, recorder, name, "consultation.mp4", "video/mp4", 6);
        Print("6  The call ends.");
        await Call(http, scheduler, HttpMethod.Post, $"/v1/{name}/end", HttpStatusCode.OK);

        Print($"7  {Patient} lists their replays and plays the newest.");
        var own = await Call(http, patient, HttpMethod.Get, "/v1/me/replays?limit=100", HttpStatusCode.OK);
        foreach (var replay in own!["items"]!.AsArray())
            Print($"     {replay!["id"],-6} {replay["title"]}  ({replay["durationSeconds"]} s, {replay["sizeBytes"]} bytes)");
        var newest = (string)own["items"]![0]!["id"]!;
        var media = await Send(http, patient, new(HttpMethod.Get, $"/v1/me/replays/{newest}/media"), HttpStatusCode.OK);
        Print($"     Played {newest}: {media.Content.Headers.ContentLength} bytes of {media.Content.Headers.ContentType}.");

        Print($"8  {OtherPatient} lists their own replays and tries to play the same one.");
        var others = await Call(http, other, HttpMethod.Get, "/v1/me/replays", HttpStatusCode.OK);
        Print($"     Number of replays: {others!["items"]!.AsArray().Count}");
        await Send(http, other, new(HttpMethod.Get, $"/v1/me/replays/{newest}/media"), HttpStatusCode.NotFound);
        Print($"     Requested {newest}: 404, not found.");

        Print("");
        Print($"Serving at {address.ToString().TrimEnd('/')}. Press Ctrl+C to stop. Tokens for this run, valid for 8 hours:");
        Print($"export PATIENT={patient}");
        Print($"export OTHER={other}");
        Print($"export SCHEDULER={scheduler}");
        Print($"export RECORDER={recorder}");
        Print($"export OFFICER={Token("officer-1", "privacy-officer")}");
    }

    private static async Task Record(
        HttpClient http, string recorder, string consultation, string file, string contentType, double durationSeconds)
    {
        var clip = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Demo", file));
        var path = $"/v1/{consultation}/recordings";
        var opened = await Call(http, recorder, HttpMethod.Post, path, HttpStatusCode.Created, new { contentType });
        Print($"     {opened!["name"]}: open in {opened["mode"]} mode");
        using var upload = new HttpRequestMessage(HttpMethod.Put, (string)opened["upload"]!);
        upload.Content = new ByteArrayContent(clip) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        await Send(http, recorder, upload, null);
        var seal = new { durationSeconds, sha256 = Convert.ToHexStringLower(SHA256.HashData(clip)) };
        HttpResponseMessage response;
        do
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{opened["name"]}/seal") { Content = JsonContent.Create(seal) };
            response = await Send(http, recorder, request, null);
        }
        while (response.StatusCode is HttpStatusCode.Accepted); // sealing continues
        var recording = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        Print($"     {opened["name"]}: {recording!["status"]}, {clip.Length} bytes");
    }

    private static async Task<JsonNode?> Call(
        HttpClient http, string token, HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        var response = await Send(http, token, request, expected);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Any success is expected if <paramref name="expected"/> is null.</summary>
    private static async Task<HttpResponseMessage> Send(HttpClient http, string token, HttpRequestMessage request, HttpStatusCode? expected)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await http.SendAsync(request);
        return (expected is { } status ? response.StatusCode == status : response.IsSuccessStatusCode)
            ? response
            : throw new InvalidOperationException($"{request.Method} {request.RequestUri} returned {(int)response.StatusCode}.");
    }

    private string Token(string subject, string role) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new Claim("sub", subject), new Claim("role", role)]),
        Expires = DateTime.UtcNow.AddHours(8),
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_key), SecurityAlgorithms.HmacSha256),
    });

    private static void Print(string line) => Console.WriteLine(line);
}
