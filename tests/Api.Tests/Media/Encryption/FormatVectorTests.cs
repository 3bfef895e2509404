using System.Security.Cryptography;
using System.Text.Json;
using Replays.Media.Encryption;
using Replays.Media.FileSystem;
using Xunit;

namespace Replays.Api.Tests.Media.Encryption;

/// <summary>The vector was made by another program, from the published layout alone: stored media stay readable, and by others too.</summary>
public sealed class FormatVectorTests
{
    [Fact]
    public async Task Media_sealed_by_another_implementation_of_the_layout_are_read()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var vector = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "vector-1.json"), cancellation)).RootElement;
        var media = new MediaObject(Text("objectKey"), Text("name"), Hex("dataKey"));
        var length = vector.GetProperty("length").GetInt32();
        var plaintext = new byte[length];
        for (var i = 0; i < length; i++)
            plaintext[i] = (byte)(7 * i + i / 256);

        // The body is made here from the same runs, then compared with the digest of the other program's.
        var body = new byte[MediaFormat.EncryptedLength(length)];
        var salts = vector.GetProperty("runSalts");
        for (var segment = 0; segment < 3; segment++)
        {
            using var run = MediaFormat.Run(media, Convert.FromHexString(salts[segment / 2].GetString()!));
            var from = segment * MediaFormat.SegmentBytes;
            run.Encrypt(
                segment,
                last: segment == 2,
                plaintext.AsSpan(from, Math.Min(MediaFormat.SegmentBytes, length - from)),
                body.AsSpan(segment * MediaFormat.EncryptedSegmentBytes, Math.Min(MediaFormat.EncryptedSegmentBytes, body.Length - segment * MediaFormat.EncryptedSegmentBytes)));
        }

        Assert.Equal(Text("lastSegment"), Convert.ToHexStringLower(body.AsSpan(2 * MediaFormat.EncryptedSegmentBytes)));
        Assert.Equal(Text("sha256OfBody"), Convert.ToHexStringLower(SHA256.HashData(body)));

        var directory = Directory.CreateTempSubdirectory("replays-vector-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(directory.FullName, media.ObjectKey[..2], media.ObjectKey)).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "media"), body, cancellation);
            await File.WriteAllBytesAsync(Path.Combine(folder, "checkpoint"), Hex("checkpoint"), cancellation);

            var verification = await new EncryptedMediaStore(new FileSystemMediaStore(directory.FullName)).Verify(media, null, cancellation);

            Assert.Equal(new Verification(true, length, Text("sha256OfPlaintext")), verification);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        string Text(string name) => vector.GetProperty(name).GetString()!;
        byte[] Hex(string name) => Convert.FromHexString(Text(name));
    }
}
