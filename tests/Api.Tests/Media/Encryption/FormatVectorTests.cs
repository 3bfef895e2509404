using System.Security.Cryptography;
using System.Text.Json;
using Replays.Media.Encryption;
using Replays.Media.FileSystem;
using Xunit;

namespace Replays.Api.Tests.Media.Encryption;

/// <summary>
/// An independent implementation of the published layout made the vector: stored media stay readable, also by other programs.
/// </summary>
public sealed class FormatVectorTests
{
    [Fact]
    public async Task Media_encrypted_by_another_implementation_are_readable()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var json = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "vector-1.json"), cancellation);
        var vector = JsonDocument.Parse(json).RootElement;
        var media = new MediaObject(Text("objectKey"), Text("name"), Hex("dataKey"));
        var length = vector.GetProperty("length").GetInt32();
        var plaintext = new byte[length];
        for (var i = 0; i < length; i++)
            plaintext[i] = (byte)(7 * i + i / 256);

        // Encrypts the body with the vector's runs and compares it with the vector's digest.
        var body = new byte[MediaFormat.EncryptedLength(length)];
        var salts = vector.GetProperty("runSalts");
        for (var segment = 0; segment < 3; segment++)
        {
            using var run = MediaFormat.Run(media, Convert.FromHexString(salts[segment / 2].GetString()!));
            var from = segment * MediaFormat.SegmentBytes;
            var count = Math.Min(MediaFormat.SegmentBytes, length - from);
            var encrypted = body.AsSpan(segment * MediaFormat.EncryptedSegmentBytes, count + MediaFormat.TagBytes);
            run.Encrypt(segment, last: segment == 2, plaintext.AsSpan(from, count), encrypted);
        }

        Assert.Equal(Text("lastSegment"), Convert.ToHexStringLower(body.AsSpan(2 * MediaFormat.EncryptedSegmentBytes)));
        Assert.Equal(Text("sha256OfBody"), Convert.ToHexStringLower(SHA256.HashData(body)));

        var directory = Directory.CreateTempSubdirectory("replays-vector-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(directory.FullName, media.ObjectKey[..2], media.ObjectKey)).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "media"), body, cancellation);
            await File.WriteAllBytesAsync(Path.Combine(folder, "checkpoint"), Hex("checkpoint"), cancellation);

            var store = new EncryptedMediaStore(new FileSystemMediaStore(directory.FullName));
            var verification = await store.Verify(media, null, cancellation);

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
