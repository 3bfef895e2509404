using Replays.Grains.Identity;
using Replays.Media.S3;
using Replays.Media.Stores;
using Xunit;

namespace Replays.Api.Tests.Media.Stores;

public sealed class S3MediaStoreTests : EncryptedMediaStoreContract, IClassFixture<S3Server>, IDisposable
{
    private readonly S3Server _server;
    private readonly List<S3MediaStore> _opened = [];

    public S3MediaStoreTests(S3Server server)
    {
        server.Require();
        _server = server;
    }

    protected override IMediaStore OpenStore()
    {
        var store = new S3MediaStore(_server.Options);
        _opened.Add(store);
        return store;
    }

    public void Dispose() => _opened.ForEach(store => store.Dispose());

    [Fact]
    public async Task Unreachable_service_is_unavailable()
    {
        var options = new S3MediaOptions { ServiceUrl = "http://127.0.0.1:9", Bucket = "replays", AccessKey = "a", SecretKey = "b" };
        using var store = new S3MediaStore(options);

        var probe = await Assert.ThrowsAsync<MediaStoreException>(() => store.Probe(Cancellation));
        Assert.Equal(MediaStoreProblem.Unavailable, probe.Problem);
        var append = await Assert.ThrowsAsync<MediaStoreException>(() => Append(new(store), NewObject(), 0, Bytes(1)));
        Assert.Equal(MediaStoreProblem.Unavailable, append.Problem);
    }

    [Fact]
    public async Task Missing_bucket_is_unavailable_not_empty()
    {
        using var store = new S3MediaStore(new()
        {
            ServiceUrl = _server.Options.ServiceUrl,
            Bucket = "elsewhere",
            AccessKey = "S3RVER",
            SecretKey = "S3RVER",
        });

        var read = await Assert.ThrowsAsync<MediaStoreException>(() => store.ReadCheckpoint(MediaObjectKey.Create(), Cancellation));
        Assert.Equal(MediaStoreProblem.Unavailable, read.Problem);
    }
}
