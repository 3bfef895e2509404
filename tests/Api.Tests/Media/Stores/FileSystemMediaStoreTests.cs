using Replays.Media.Encryption;
using Replays.Media.FileSystem;
using Replays.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

public sealed class FileSystemMediaStoreTests : EncryptedMediaStoreContract, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replays-media-").FullName;

    protected override IMediaStore OpenStore() => new FileSystemMediaStore(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Disk_contains_no_personal_data()
    {
        var media = NewObject() with { Name = "patients/Zwicky-19041977/consultations/1/recordings/1" };
        await Append(new(OpenStore()), media, 0, "only the patient may see this"u8.ToArray());

        var files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            Assert.DoesNotContain("Zwicky", file);
            Assert.Equal(-1, content.AsSpan().IndexOf("Zwicky"u8));
            Assert.Equal(-1, content.AsSpan().IndexOf("patient"u8));
        }
    }

    [Fact]
    public async Task Body_without_its_acknowledged_bytes_accepts_no_more()
    {
        var media = NewObject();
        await Append(new(OpenStore()), media, 0, Bytes(1 << 20));
        using (var body = File.OpenWrite(Directory.GetFiles(_directory, "media", SearchOption.AllDirectories).Single()))
            body.SetLength(70_000);

        var error = await Assert.ThrowsAsync<MediaStoreException>(() => Append(new(OpenStore()), media, 1 << 20, Bytes(1 << 20)));

        Assert.Equal(MediaStoreProblem.Damaged, error.Problem);
    }

    [Fact]
    public async Task Store_without_a_folder_is_unavailable()
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "", Cancellation);

        var probe = await Assert.ThrowsAsync<MediaStoreException>(() => new FileSystemMediaStore(file).Probe(Cancellation));
        Assert.Equal(MediaStoreProblem.Unavailable, probe.Problem);
        var mediaStore = new EncryptedMediaStore(new FileSystemMediaStore(file));
        var append = await Assert.ThrowsAsync<MediaStoreException>(() => Append(mediaStore, NewObject(), 0, Bytes(1)));
        Assert.Equal(MediaStoreProblem.Unavailable, append.Problem);
    }

    [Fact]
    public async Task Deletion_aborts_an_upload_in_progress()
    {
        var media = NewObject();
        await using var slow = new GatedStream(Bytes(1 << 20));
        var upload = new EncryptedMediaStore(OpenStore()).Append(media, 0, slow, long.MaxValue, null, Cancellation);
        await slow.Reached.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        await new EncryptedMediaStore(OpenStore()).Delete(media.ObjectKey, Cancellation);
        slow.Open();

        await Assert.ThrowsAsync<MediaStoreException>(() => upload);
        await foreach (var info in OpenStore().List(Cancellation))
            Assert.Fail($"{info.BodyBytes} bytes remain.");
    }
}
