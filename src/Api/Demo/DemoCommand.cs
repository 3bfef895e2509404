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
/// <c>demo</c>, in Development only: starts the service with a signing key of its own, walks the main job through HTTP with a real clip,
/// prints each step, and goes on serving.
/// </summary>
public sealed class DemoCommand
{
    private const string Issuer = "replays-demo", Audience = "replays";
    private const string Scheme = "Authentication:Schemes:Bearer";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(64);

    public static bool IsAsked(string[] args) => args is ["demo", ..];

    /// <summary>Development, unless the environment says otherwise: then the demo refuses.</summary>
    public static WebApplicationOptions Options(string[] args) => new()
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Development,
    };

    /// <summary>Makes the service take the demo's own tokens, and keeps its log quiet beside the transcript.</summary>
    /// <exception cref="StartupException">The environment is not Development.</exception>
    public void Configure(WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
            throw new StartupException("The demo makes its own tokens and runs in Development only: unset ASPNETCORE_ENVIRONMENT and DOTNET_ENVIRONMENT.");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{Scheme}:ValidIssuer"] = Issuer,
            [$"{Scheme}:ValidAudiences:0"] = Audience,
            [$"{Scheme}:SigningKeys:0:Issuer"] = Issuer,
            [$"{Scheme}:SigningKeys:0:Value"] = Convert.ToBase64String(_key),
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }

    /// <summary>Walks the main job and prints it. Throws at the first answer that is not as it should be.</summary>
    /// <param name="address">Where the service listens.</param>
    public async Task Walk(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var (patient, other) = (Token("demo-amina", "patient"), Token("demo-boris", "patient"));
        var (app, recorder) = (Token("app-backend", "scheduler"), Token("media-pipeline", "recorder"));

        Say("1  The app's backend books a consultation for demo-amina");
        var booked = await Call(http, app, HttpMethod.Post, "/v1/patients/demo-amina/consultations", HttpStatusCode.Created, new
        {
            clinician = new { id = "clin-1", name = "Dr Amara Osei" },
            scheduledFor = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            reason = "Follow-up",
        });
        var (name, number) = ((string)booked!["name"]!, (int)booked["number"]!);

        Say("2  The call starts in audio; the patient joins it and consents to both modes, with their own token");
        await Call(http, app, HttpMethod.Post, $"/v1/{name}/start", HttpStatusCode.OK, new { mode = "audio" });
        await Call(http, patient, HttpMethod.Post, $"/v1/me/consultations/{number}/join", HttpStatusCode.OK);
        foreach (var mode in new[] { "audio", "video" })
            await Call(http, patient, HttpMethod.Post, $"/v1/me/consultations/{number}/consent", HttpStatusCode.OK, new { mode, granted = true });

        Say("3  The recorder records the audio part");
        await Record(http, recorder, name, "consultation.m4a", "audio/mp4", 4);
        Say("4  The call is switched to video: the owner cannot change, there is nothing to pass");
        await Call(http, app, HttpMethod.Post, $"/v1/{name}/mode", HttpStatusCode.OK, new { mode = "video" });
        Say("5  The recorder records the video part");
        await Record(http, recorder, name, "consultation.mp4", "video/mp4", 6);
        Say("6  The call ends");
        await Call(http, app, HttpMethod.Post, $"/v1/{name}/end", HttpStatusCode.OK);

        Say("7  demo-amina's replays");
        var own = await Call(http, patient, HttpMethod.Get, "/v1/me/replays?limit=100", HttpStatusCode.OK);
        foreach (var replay in own!["items"]!.AsArray())
            Say($"     {replay!["id"],-6} {replay["title"]}  ({replay["durationSeconds"]} s, {replay["sizeBytes"]} bytes)");
        var newest = (string)own["items"]![0]!["id"]!;
        var media = await Send(http, patient, HttpMethod.Get, $"/v1/me/replays/{newest}/media", HttpStatusCode.OK);
        Say($"     {newest} plays: {media.Content.Headers.ContentLength} bytes of {media.Content.Headers.ContentType}");

        Say("8  demo-boris sees nothing of it");
        var others = await Call(http, other, HttpMethod.Get, "/v1/me/replays", HttpStatusCode.OK);
        Say($"     replays: {others!["items"]!.AsArray().Count}");
        await Send(http, other, HttpMethod.Get, $"/v1/me/replays/{newest}/media", HttpStatusCode.NotFound);
        Say($"     {newest} asked for by name: 404");

        Say("");
        Say($"Serving at {address.ToString().TrimEnd('/')} until Ctrl+C. Tokens for this run:");
        foreach (var (variable, token) in new[] { ("PATIENT", patient), ("OTHER", other), ("SCHEDULER", app), ("RECORDER", recorder), ("OFFICER", Token("officer-1", "privacy-officer")) })
            Say($"export {variable}={token}");
    }

    private static async Task Record(HttpClient http, string recorder, string consultation, string file, string contentType, double seconds)
    {
        var clip = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Demo", file));
        var opened = await Call(http, recorder, HttpMethod.Post, $"/v1/{consultation}/recordings", HttpStatusCode.Created, new { contentType });
        Say($"     {opened!["name"]}: open, {opened["mode"]}");
        using var upload = new HttpRequestMessage(HttpMethod.Put, (string)opened["upload"]!) { Content = new ByteArrayContent(clip) };
        upload.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        await Send(http, recorder, upload, null);
        var seal = new { durationSeconds = seconds, sha256 = Convert.ToHexStringLower(SHA256.HashData(clip)) };
        HttpResponseMessage answer;
        do
            answer = await Send(http, recorder, new(HttpMethod.Post, $"/v1/{opened["name"]}/seal") { Content = JsonContent.Create(seal) }, null);
        while (answer.StatusCode is HttpStatusCode.Accepted); // sealing goes on, which is said after two seconds
        var recording = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Say($"     {opened["name"]}: {recording!["status"]}, {clip.Length} bytes");
    }

    private static async Task<JsonNode?> Call(
        HttpClient http, string token, HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        var answer = await Send(http, token, request, expected);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> Send(HttpClient http, string token, HttpMethod method, string path, HttpStatusCode expected) =>
        Send(http, token, new HttpRequestMessage(method, path), expected);

    private static async Task<HttpResponseMessage> Send(HttpClient http, string token, HttpRequestMessage request, HttpStatusCode? expected)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await http.SendAsync(request);
        return (expected is { } status ? answer.StatusCode == status : answer.IsSuccessStatusCode)
            ? answer
            : throw new InvalidOperationException($"{request.Method} {request.RequestUri} answered {(int)answer.StatusCode}.");
    }

    private string Token(string subject, string role) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new Claim("sub", subject), new Claim("role", role)]),
        Expires = DateTime.UtcNow.AddHours(8),
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_key), SecurityAlgorithms.HmacSha256),
    });

    private static void Say(string line) => Console.WriteLine(line);
}
