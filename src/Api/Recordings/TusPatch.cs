using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Replays.Api.Problems;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>What the headers of one PATCH say.</summary>
/// <param name="Offset">Where the client believes the upload to be, in bytes.</param>
/// <param name="Length">Bytes of the whole, when this request tells them.</param>
/// <param name="Checksum">Of this request's body, when it is to be checked.</param>
public sealed record TusPatch(long Offset, long? Length, UploadChecksum? Checksum)
{
    /// <summary>As <c>Tus-Checksum-Algorithm</c> lists them.</summary>
    public const string ChecksumAlgorithms = "sha1,sha256";

    internal static bool TryParse(HttpRequest request, [NotNullWhen(true)] out TusPatch? patch, [NotNullWhen(false)] out Problem? problem)
    {
        patch = null;
        problem = null;
        UploadChecksum? checksum = null;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(Tus.OffsetStream, StringComparison.OrdinalIgnoreCase))
            problem = new(ProblemKind.UnsupportedMediaType);
        else if (!TryNumber(request.Headers[Tus.Offset], out var offset) || offset is null)
            problem = Problem.Invalid(Tus.Offset, "One number of bytes is required.");
        else if (!TryNumber(request.Headers[Tus.Length], out var length))
            problem = Problem.Invalid(Tus.Length, "This is not a number of bytes.");
        else if (length < offset)
            problem = Problem.Invalid(Tus.Length, "The offset lies beyond it.");
        else if (request.Headers[Tus.Checksum] is { Count: > 0 } told && (checksum = ChecksumOf(told)) is null)
            problem = Problem.Invalid(Tus.Checksum, $"Expected is one of {ChecksumAlgorithms}, a space, and the digest in base64.");
        else
            patch = new(offset.Value, length, checksum);
        return patch is not null;
    }

    /// <summary>Digits alone; no header at all is fine, and no number.</summary>
    private static bool TryNumber(Microsoft.Extensions.Primitives.StringValues told, out long? number)
    {
        number = long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return number is not null || told.Count == 0;
    }

    private static UploadChecksum? ChecksumOf(string? told)
    {
        var (algorithm, bytes) = told?.Split(' ') switch
        {
            ["sha1", _] => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
            ["sha256", _] => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            _ => default,
        };
        var digest = new byte[bytes];
        return bytes > 0 && Convert.TryFromBase64String(told!.Split(' ')[1], digest, out var written) && written == bytes
            ? new UploadChecksum(algorithm, digest)
            : null;
    }
}
