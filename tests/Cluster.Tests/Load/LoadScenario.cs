using System.Net;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// The main job: a consultation in audio that is switched to video, recorded in both, and watched by its patient. What is acknowledged goes into
/// the patient's <see cref="ExpectedState"/>, and nothing else.
/// </summary>
/// <param name="videoBytes">Bytes added to the video; by chance when null.</param>
internal sealed class LoadScenario(LoadClient users, ExpectedState promises, Random random, int? videoBytes = null)
{
    private static readonly byte[] Audio = Clip("audio.m4a"), Video = Clip("video.mp4");

    private readonly string _me = TestTokens.Patient(promises.Patient);
    private readonly ExpectedState.Consultation _own = new($"reason {random.NextInt64():x}");

    /// <summary>The id of the video replay, once there is one.</summary>
    public string Watched { get; private set; } = "";

    public async Task Go()
    {
        promises.Consultations.Add(_own);
        var body = new { clinician = new { id = "clin-1", name = "Dr Amara Osei" }, scheduledFor = "2026-06-10T10:00:00Z", reason = _own.Reason };
        var patient = $"/v1/patients/{promises.Patient}/consultations";
        var booked = await users.Ask(HttpStatusCode.Created, HttpMethod.Post, patient, TestTokens.Scheduler, body, _own.Reason, "book");
        _own.Number = (int)booked.Json["number"]!;
        var path = $"{patient}/{_own.Number}";

        await Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        foreach (var mode in new[] { "audio", "video" })
        {
            await Post($"/v1/me/consultations/{_own.Number}/consent", _me, new { mode, granted = true });
            _own.Consents.Add(mode);
        }
        await Record(path, "audio/mp4", Unique(Audio, null));
        await Post($"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        Watched = $"{_own.Number}-{await Record(path, "video/mp4", Unique(Video, videoBytes))}";
        await Post($"{path}/end", TestTokens.Scheduler);
        _own.Ended = true;

        await users.Ask(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays?limit=5", _me, what: "list");
        await users.Ask(HttpStatusCode.OK, HttpMethod.Get, $"/v1/me/replays/{Watched}/media", _me, what: "watch");
    }

    private async Task<int> Record(string consultation, string contentType, byte[] media)
    {
        var opened = await users.Ask(HttpStatusCode.Created, HttpMethod.Post, $"{consultation}/recordings", TestTokens.Recorder, new { contentType },
            $"{_own.Reason} {contentType}", "open");
        var ordinal = (int)opened.Json["ordinal"]!;
        var digest = Convert.ToHexStringLower(SHA256.HashData(media));
        _own.Uploads[ordinal] = digest;
        await users.Ask(HttpStatusCode.NoContent, HttpMethod.Put, (string)opened.Json["upload"]!, TestTokens.Recorder, media, what: "upload");
        await Post($"{consultation}/recordings/{ordinal}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = digest });
        _own.Sealed.Add(ordinal);
        return ordinal;
    }

    private Task Post(string path, string token, object? body = null) => users.Ask(HttpStatusCode.OK, HttpMethod.Post, path, token, body);

    /// <summary>The clip with a `free` box at its end (ISO/IEC 14496-12, 8.1.2), which players skip: no two recordings are equal.</summary>
    private byte[] Unique(byte[] clip, int? bytes)
    {
        var free = new byte[8 + (bytes ?? random.Next(16, 20_000))];
        random.NextBytes(free);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(free, free.Length);
        "free"u8.CopyTo(free.AsSpan(4));
        return [.. clip, .. free];
    }

    private static byte[] Clip(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Clips", name));
}
