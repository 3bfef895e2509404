using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>An Api with narrow limits, on a disk of its own that is soon full.</summary>
public sealed class NarrowApi : IAsyncLifetime
{
    public const int MaxBytes = 32 << 20;

    private readonly string _disk = Directory.CreateTempSubdirectory("replays-disk-").FullName;
    private string? _missing;

    public ApiProcess Api { get; private set; } = null!;

    public string Media => Path.Combine(_disk, "media");

    /// <summary>Without the right to mount there is no disk to fill; in CI that is a failure.</summary>
    public void Require()
    {
        if (_missing is null)
            return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", _missing);
        Assert.Skip(_missing);
    }

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", _disk))
            _missing = "A small disk can't be mounted here: that takes Linux and its superuser.";
        Api = await ApiProcess.Start(new Dictionary<string, string?>
        {
            ["Replays__Media__Directory"] = Media,
            ["Replays__Media__ContentTypes__0"] = "video/mp4",
            ["Replays__Media__ContentTypes__1"] = "audio/flac",
            ["Replays__Recordings__MaxBytes"] = $"{MaxBytes}",
            ["Replays__Recordings__UploadDeadline"] = "00:00:01",
            ["Replays__Recordings__LongestSilence"] = "00:00:05",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        if (_missing is null)
            Process.Start("umount", [_disk]).WaitForExit();
        Directory.Delete(_disk, recursive: true);
    }

    /// <summary>Makes room.</summary>
    public void Grow() => Assert.True(Mount("-o", "remount,size=64m", _disk));

    private static bool Mount(params string[] arguments)
    {
        using var mount = Process.Start("mount", arguments);
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }
}

public sealed class UploadLimitTests(NarrowApi narrow) : IClassFixture<NarrowApi>
{
    private readonly ApiProcess _api = narrow.Api;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_disk_is_published_keeps_what_it_acknowledged_and_goes_on_once_there_is_room()
    {
        narrow.Require();
        var media = PaddedClip.Of(10 << 20);
        var (patient, number, upload) = await Open();
        await Take(upload, 0, media.AsMemory(0, 1 << 20));

        using (var refused = await _api.Patch(upload, 1 << 20, media.AsMemory(1 << 20)))
        {
            Assert.Equal((HttpStatusCode.InsufficientStorage, "unavailable"), (refused.StatusCode, await Code(refused)));
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using (var head = await _api.Head(upload))
            Assert.Equal($"{1 << 20}", head.Header("Upload-Offset"));
        narrow.Grow();
        await Take(upload, 1 << 20, media.AsMemory(1 << 20));
        using var seal = await _api.Seal(patient, number, 1, media);
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(media, await played.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("video/webm")]
    [InlineData("text/plain")]
    [InlineData("video")]
    public async Task Content_type_outside_the_list_is_bad_input(string contentType)
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        var problem = await _api.Must(
            HttpStatusCode.BadRequest, HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder, new { contentType });
        Assert.Equal("validation", (string?)problem!["code"]);
        await _api.Open(patient, number, "audio/FLAC; rate=48000");
    }

    [Fact]
    public async Task Larger_than_allowed_is_refused_however_it_comes()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        await _api.Must(
            HttpStatusCode.RequestEntityTooLarge, HttpMethod.Post, $"{ApiProcess.PathOf(patient, number)}/recordings", TestTokens.Recorder,
            new { contentType = "video/mp4", length = NarrowApi.MaxBytes + 1L });
        var upload = (string)(await _api.Open(patient, number))["upload"]!;

        using (var patch = await _api.Patch(upload, 0, new byte[NarrowApi.MaxBytes + 1]))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (patch.StatusCode, await Code(patch)));
        using (var patch = await _api.Patch(upload, 0, default, ("Upload-Length", $"{NarrowApi.MaxBytes + 1}")))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (patch.StatusCode, await Code(patch)));
        using (var put = await _api.Send(HttpMethod.Put, upload, TestTokens.Recorder, new byte[NarrowApi.MaxBytes + 1]))
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "limit-reached"), (put.StatusCode, await Code(put)));
        using var head = await _api.Head(upload);
        Assert.Equal("0", head.Header("Upload-Offset"));
    }

    [Fact]
    public async Task Uploader_that_falls_silent_makes_way_for_the_next()
    {
        var (_, _, upload) = await Open();
        using var silent = new SlowUpload(_api, upload, new byte[2000], 1000);
        await silent.Begun;

        await Eventually.Is(async () =>
        {
            using var head = await _api.Head(upload);
            if (head.Header("Upload-Offset") is not { } offset)
                return false;
            using var next = await _api.Patch(upload, long.Parse(offset), new byte[10]);
            return next.StatusCode is HttpStatusCode.NoContent;
        });
    }

    [Fact]
    public async Task After_the_upload_deadline_nothing_is_taken_and_nothing_is_left()
    {
        var others = Objects();
        var (patient, number, upload) = await Open();
        await Take(upload, 0, new byte[1000]);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/1/close", TestTokens.Recorder);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "audio" });
        var second = (string)(await _api.Open(patient, number, "audio/flac"))["upload"]!;
        await Take(second, 0, new byte[1000]);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/recordings/2/discard", TestTokens.Recorder);
        // Given up, but not gone: with a stolen token nobody destroys evidence at once.
        var objects = Objects().Except(others).ToList();
        Assert.Equal(2, objects.Count);
        await _api.Post($"{ApiProcess.PathOf(patient, number)}/end", TestTokens.Scheduler);

        await Eventually.Is(async () =>
        {
            using var late = await _api.Patch(upload, 1000, new byte[10]);
            return late.StatusCode is HttpStatusCode.Conflict && await Code(late) == "invalid-transition";
        });
        // Who finds it due settles it: here an activation after a crash, otherwise its hourly reminder.
        await _api.Restart();
        await Eventually.Is(async () =>
            (string?)(await _api.Get(ApiProcess.PathOf(patient, number), TestTokens.Scheduler))!["status"] == "settled");
        Assert.DoesNotContain(Objects(), objects.Contains);
        // A writer that slept through all that and put one of them back.
        Leave(objects.First());
        await Eventually.Is(() => Task.FromResult(!Objects().Contains(objects.First())));
    }

    [Fact]
    public async Task Media_that_nothing_refers_to_are_swept_and_all_others_stay()
    {
        var others = Objects(); // their consultations may be settled meanwhile
        var (patient, number, upload) = await Open();
        await Take(upload, 0, ApiProcess.Video);
        using (var seal = await _api.Seal(patient, number, 1, ApiProcess.Video))
            Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        var unsealed = (string)(await _api.Open(patient, number))["upload"]!;
        await Take(unsealed, 0, new byte[1000]);
        var known = Objects().Except(others).ToList();
        Assert.Equal(2, known.Count);
        var orphan = Guid.NewGuid().ToString("n");
        Leave(orphan);

        await Eventually.Is(() => Task.FromResult(!Objects().Contains(orphan)));
        Assert.Empty(known.Except(Objects()));
        await Take(unsealed, 1000, new byte[1000]);
        using var played = await _api.Media(patient, $"{number}-1");
        Assert.Equal(ApiProcess.Video, await played.Content.ReadAsByteArrayAsync(Cancellation));

        // So many at once are no crash's: this store, or this database, is not the right one. They come, age and go together: a few of them would be swept.
        var shard = Enumerable.Range(0, 256).Select(i => $"{i:x2}").First(name => !Directory.Exists(Path.Combine(narrow.Media, name)));
        var foreign = Enumerable.Range(0, 150).Select(_ => $"{shard}{Guid.NewGuid():n}"[..32]).ToList();
        var (inside, aside) = (Path.Combine(narrow.Media, shard), Path.Combine(narrow.Media, "aside"));
        var changed = DateTime.UtcNow;
        foreach (var file in foreign.Select(key => Path.Combine(Directory.CreateDirectory(Path.Combine(aside, key)).FullName, "media")))
        {
            await File.WriteAllTextAsync(file, "left behind", Cancellation);
            File.SetLastWriteTimeUtc(file, changed);
        }

        Directory.Move(aside, inside);
        await Eventually.Is(() => Task.FromResult(_api.Program.Output.Contains("too many to be true")));
        Assert.Empty(foreign.Except(Objects()));
        Directory.Move(inside, aside);
        Directory.Delete(aside, recursive: true);

        // A store that another deployment claimed is left alone, even if only a little in it looks left behind.
        var owner = Path.Combine(narrow.Media, ".owner");
        var own = await File.ReadAllTextAsync(owner, Cancellation);
        await File.WriteAllTextAsync(owner, "replays of somebody else", Cancellation);
        var said = _api.Program.Output.Length;
        await Eventually.Is(() => Task.FromResult(_api.Program.Output[said..].Contains("another deployment's")));
        Leave(orphan);
        said = _api.Program.Output.Length;
        await Eventually.Is(() => Task.FromResult(_api.Program.Output[said..].Split("another deployment's").Length > 4));
        Assert.Contains(orphan, Objects());
        await File.WriteAllTextAsync(owner, own, Cancellation);
        await Eventually.Is(() => Task.FromResult(!Objects().Contains(orphan)));
    }

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["code"];

    private List<string> Objects() => Directory.Exists(narrow.Media)
        ? [.. Directory.EnumerateDirectories(narrow.Media).SelectMany(Directory.EnumerateDirectories).Select(folder => Path.GetFileName(folder)!)]
        : [];

    private string Folder(string key) => Path.Combine(narrow.Media, key[..2], key);

    /// <summary>An object that nobody knows of.</summary>
    private void Leave(string key) => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Folder(key)).FullName, "media"), "left behind");

    private async Task<(string Patient, int Number, string Upload)> Open()
    {
        var patient = ApiProcess.NewPatient();
        var number = await _api.Begin(patient);
        return (patient, number, (string)(await _api.Open(patient, number))["upload"]!);
    }

    private async Task Take(string upload, long offset, ReadOnlyMemory<byte> bytes)
    {
        using var answer = await _api.Patch(upload, offset, bytes);
        Assert.True(answer.StatusCode is HttpStatusCode.NoContent, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }
}
