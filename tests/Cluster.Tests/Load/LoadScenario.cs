using System.Net;
using System.Security.Cryptography;
using Replays.Api.Tests.Http;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// The main job: an audio consultation that is switched to video, recorded in both modes and watched by its patient. The patient's
/// <see cref="ExpectedState"/> records exactly what was acknowledged.
/// </summary>
/// <param name="videoBytes">Bytes added to the video; random if null.</param>
internal sealed class LoadScenario(LoadClient client, ExpectedState expected, Random random, int? videoBytes = null)
{
    private static readonly byte[] Audio = Clip("audio.m4a"), Video = Clip("video.mp4");

    private readonly string _patientToken = TestTokens.Patient(expected.Patient);
    private readonly ExpectedState.Consultation _consultation = new($"reason {random.NextInt64():x}");

    public string VideoReplayId { get; private set; } = "";

    public async Task Run()
    {
        expected.Consultations.Add(_consultation);
        var clinician = new { id = "clin-1", name = "Dr Amara Osei" };
        var body = new { clinician, scheduledFor = "2026-06-10T10:00:00Z", reason = _consultation.Reason };
        var consultations = $"/v1/patients/{expected.Patient}/consultations";
        var booked = await client.Send(
            HttpStatusCode.Created, HttpMethod.Post, consultations, TestTokens.Scheduler, body, _consultation.Reason, "book");
        _consultation.Number = (int)booked.Json["number"]!;
        var path = $"{consultations}/{_consultation.Number}";

        await Post($"{path}/start", TestTokens.Scheduler, new { mode = "audio" });
        foreach (var mode in new[] { "audio", "video" })
        {
            await Post($"/v1/me/consultations/{_consultation.Number}/consent", _patientToken, new { mode, granted = true });
            _consultation.Consents.Add(mode);
        }
        await Record(path, "audio/mp4", Unique(Audio, null));
        await Post($"{path}/mode", TestTokens.Scheduler, new { mode = "video" });
        VideoReplayId = $"{_consultation.Number}-{await Record(path, "video/mp4", Unique(Video, videoBytes))}";
        await Post($"{path}/end", TestTokens.Scheduler);
        _consultation.Ended = true;

        await client.Send(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays?limit=5", _patientToken, operation: "list");
        await client.Send(HttpStatusCode.OK, HttpMethod.Get, $"/v1/me/replays/{VideoReplayId}/media", _patientToken, operation: "watch");
    }

    private async Task<int> Record(string consultation, string contentType, byte[] media)
    {
        var opened = await client.Send(
            HttpStatusCode.Created, HttpMethod.Post, $"{consultation}/recordings", TestTokens.Recorder, new { contentType },
            $"{_consultation.Reason} {contentType}", "open");
        var ordinal = (int)opened.Json["ordinal"]!;
        var digest = Convert.ToHexStringLower(SHA256.HashData(media));
        _consultation.Uploads[ordinal] = digest;
        var upload = (string)opened.Json["upload"]!;
        await client.Send(HttpStatusCode.NoContent, HttpMethod.Put, upload, TestTokens.Recorder, media, operation: "upload");
        await Post($"{consultation}/recordings/{ordinal}/seal", TestTokens.Recorder, new { durationSeconds = 2, sha256 = digest });
        _consultation.Sealed.Add(ordinal);
        return ordinal;
    }

    private Task Post(string path, string token, object? body = null) =>
        client.Send(HttpStatusCode.OK, HttpMethod.Post, path, token, body);

    /// <summary>Appends a random `free` box (ISO/IEC 14496-12, 8.1.2), which players skip, so that no two recordings are equal.</summary>
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
