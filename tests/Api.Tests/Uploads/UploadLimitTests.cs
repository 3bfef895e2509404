using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

public sealed class UploadLimitTests(LimitedApi limited) : IClassFixture<LimitedApi>
{
    private readonly ApiProcess _api = limited.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_reported_keeps_acknowledged_bytes_and_the_upload_resumes_when_there_is_space()
    {
        limited.RequireDisk();
        var media = PaddedClip.Create(10 << 20);
        var (patient, number, upload) = await _api.OpenUpload();
        await _api.Append(upload, 0, media.AsMemory(0, 1 << 20));

        using (var rejected = await _api.Patch(upload, 1 << 20, media.AsMemory(1 << 20)))
        {
            Assert.Equal((HttpStatusCode.InsufficientStorage, "unavailable"), (rejected.StatusCode, await rejected.ProblemCode()));
            Assert.NotNull(rejected.Headers.RetryAfter);
        }

        using (var head = await _api.Head(upload))
            Assert.Equal($"{1 << 20}", head.Header("Upload-Offset"));
        limited.GrowDisk();
        await _api.Append(upload, 1 << 20, media.AsMemory(1 << 20));
        using var seal = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(media, await played.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("video/webm")]
    [InlineData("text/plain")]
    [InlineData("video")]
    public async Task A_content_type_that_is_not_allowed_is_a_validation_problem(string contentType)
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var problem = await _api.Expect(
            HttpStatusCode.BadRequest, HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder,
            new { contentType });
        Assert.Equal("validation", (string?)problem!["code"]);
        await _api.Open(patient, number, "audio/FLAC; rate=48000");
    }

    [Fact]
    public async Task Media_above_the_size_limit_are_rejected_by_every_kind_of_request()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        await _api.Expect(
            HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder,
            new { contentType = "video/mp4", length = LimitedApi.MaxBytes + 1L });
        var upload = (string)(await _api.Open(patient, number))["upload"]!;

        using (var patch = await _api.Patch(upload, 0, new byte[LimitedApi.MaxBytes + 1]))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (patch.StatusCode, await patch.ProblemCode()));
        using (var patch = await _api.Patch(upload, 0, default, ("Upload-Length", $"{LimitedApi.MaxBytes + 1}")))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (patch.StatusCode, await patch.ProblemCode()));
        using (var put = await _api.Send(HttpMethod.Put, upload, TestTokens.Recorder, new byte[LimitedApi.MaxBytes + 1]))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (put.StatusCode, await put.ProblemCode()));
        using var head = await _api.Head(upload);
        Assert.Equal("0", head.Header("Upload-Offset"));
    }

    [Fact]
    public async Task An_idle_upload_loses_its_lease_to_the_next_one()
    {
        var (_, _, upload) = await _api.OpenUpload();
        using var idle = new PausedUpload(_api, upload, new byte[2000], 1000);
        await idle.Paused;

        await Wait.Until(async () =>
        {
            using var head = await _api.Head(upload);
            if (head.Header("Upload-Offset") is not { } offset)
                return false;
            using var next = await _api.Patch(upload, long.Parse(offset), new byte[10]);
            return next.StatusCode is HttpStatusCode.NoContent;
        }, seconds: 120);
    }

    [Fact]
    public async Task After_the_upload_deadline_uploads_are_rejected_and_unsealed_media_are_deleted()
    {
        var existing = Objects();
        var (patient, number, upload) = await _api.OpenUpload();
        await _api.Append(upload, 0, new byte[1000]);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/close", TestTokens.Recorder);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "audio" });
        var second = (string)(await _api.Open(patient, number, "audio/flac"))["upload"]!;
        await _api.Append(second, 0, new byte[1000]);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/2/discard", TestTokens.Recorder);
        // Discarded media are kept until the deadline, so that a stolen token cannot destroy evidence immediately.
        var objects = Objects().Except(existing).ToList();
        Assert.Equal(2, objects.Count);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/end", TestTokens.Scheduler);

        await Wait.Until(async () =>
        {
            using var late = await _api.Patch(upload, 1000, new byte[10]);
            return late.StatusCode is HttpStatusCode.Conflict && await late.ProblemCode() == "invalid-transition";
        }, seconds: 120);
        // The activation after a crash settles the consultation; otherwise its hourly reminder does.
        await _api.Restart();
        await Wait.Until(async () =>
            (string?)(await _api.Get(ApiProcess.PathOf(patient, number), TestTokens.Scheduler))!["status"] == "settled", seconds: 120);
        Assert.DoesNotContain(Objects(), objects.Contains);
        // Simulates a suspended writer that recreates a deleted object.
        CreateOrphan(objects.First());
        await Wait.Until(() => !Objects().Contains(objects.First()), seconds: 120);
    }

    [Fact]
    public async Task Orphaned_media_are_deleted_and_all_others_are_kept()
    {
        var existing = Objects(); // may be deleted during the test, when their consultations are settled
        var (patient, number, upload) = await _api.OpenUpload();
        await _api.Append(upload, 0, ApiProcess.Video);
        using (var seal = await _api.Seal(patient, number, 1, ApiProcess.Video))
            Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        var unsealed = (string)(await _api.Open(patient, number))["upload"]!;
        await _api.Append(unsealed, 0, new byte[1000]);
        var referenced = Objects().Except(existing).ToList();
        Assert.Equal(2, referenced.Count);
        var orphan = Guid.NewGuid().ToString("n");
        CreateOrphan(orphan);

        await Wait.Until(() => !Objects().Contains(orphan), seconds: 120);
        Assert.Empty(referenced.Except(Objects()));
        await _api.Append(unsealed, 1000, new byte[1000]);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(ApiProcess.Video, await played.Content.ReadAsByteArrayAsync(Cancellation));

        // So many orphans indicate the wrong store or the wrong database, so none is deleted. They appear and disappear by one rename,
        // because a few of them on their own would be deleted.
        var shard = Enumerable.Range(0, 256).Select(i => $"{i:x2}").First(name => !Directory.Exists(Path.Combine(limited.Media, name)));
        var foreign = Enumerable.Range(0, 150).Select(_ => $"{shard}{Guid.NewGuid():n}"[..32]).ToList();
        var (target, staging) = (Path.Combine(limited.Media, shard), Path.Combine(limited.Media, "staging"));
        var changed = DateTime.UtcNow;
        foreach (var file in foreign.Select(key => Path.Combine(Directory.CreateDirectory(Path.Combine(staging, key)).FullName, "media")))
        {
            await File.WriteAllTextAsync(file, "orphaned", Cancellation);
            File.SetLastWriteTimeUtc(file, changed);
        }

        Directory.Move(staging, target);
        await Wait.Until(() => _api.Program.Output.Contains("too many to be true"), seconds: 120);
        Assert.Empty(foreign.Except(Objects()));
        Directory.Move(target, staging);
        Directory.Delete(staging, recursive: true);

        // Nothing is deleted from a store that another deployment has claimed.
        var owner = Path.Combine(limited.Media, ".owner");
        var claim = await File.ReadAllTextAsync(owner, Cancellation);
        await File.WriteAllTextAsync(owner, "replays of somebody else", Cancellation);
        var logged = _api.Program.Output.Length;
        await Wait.Until(() => _api.Program.Output[logged..].Contains("belongs to another deployment"), seconds: 120);
        CreateOrphan(orphan);
        logged = _api.Program.Output.Length;
        await Wait.Until(() => _api.Program.Output[logged..].Split("belongs to another deployment").Length > 4, seconds: 120);
        Assert.Contains(orphan, Objects());
        await File.WriteAllTextAsync(owner, claim, Cancellation);
        await Wait.Until(() => !Objects().Contains(orphan), seconds: 120);
    }

    private List<string> Objects() => Directory.Exists(limited.Media)
        ? [.. Directory.EnumerateDirectories(limited.Media).SelectMany(Directory.EnumerateDirectories)
            .Select(folder => Path.GetFileName(folder)!)]
        : [];

    private void CreateOrphan(string key)
    {
        var folder = Directory.CreateDirectory(Path.Combine(limited.Media, key[..2], key)).FullName;
        File.WriteAllText(Path.Combine(folder, "media"), "orphaned");
    }
}
