using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Replays.Media.Encryption;

namespace Replays.Api.Recordings;

/// <summary>The headers of a tus PATCH request.</summary>
/// <param name="Offset">The offset, in bytes, at which the client continues.</param>
/// <param name="Length">The total number of bytes, if this request declares it.</param>
public sealed record TusPatch(long Offset, long? Length, UploadChecksum? Checksum)
{
    /// <summary>The value of <c>Tus-Checksum-Algorithm</c>.</summary>
    public const string ChecksumAlgorithms = "sha1,sha256";

    internal static bool TryParse(HttpRequest request, [NotNullWhen(true)] out TusPatch? patch, [NotNullWhen(false)] out Problem? problem)
    {
        patch = null;
        problem = null;
        UploadChecksum? checksum = null;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals(Tus.OffsetStream, StringComparison.OrdinalIgnoreCase))
            problem = new(ProblemKind.UnsupportedMediaType);
        else if (!TryParseBytes(request.Headers[Tus.Offset], out var offset) || offset is null)
            problem = Problem.Invalid(Tus.Offset, "Send one number of bytes.");
        else if (!TryParseBytes(request.Headers[Tus.Length], out var length))
            problem = Problem.Invalid(Tus.Length, "This is not a number of bytes.");
        else if (length < offset)
            problem = Problem.Invalid(Tus.Length, "The length must not be less than the offset.");
        else if (request.Headers[Tus.Checksum] is { Count: > 0 } header && (checksum = ParseChecksum(header)) is null)
            problem = Problem.Invalid(Tus.Checksum, "Send sha1 or sha256, a space, and the digest in base64.");
        else
            patch = new(offset.Value, length, checksum);
        return patch is not null;
    }

    /// <summary>A missing header is valid and yields null.</summary>
    private static bool TryParseBytes(StringValues header, out long? bytes)
    {
        bytes = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return bytes is not null || header.Count == 0;
    }

    private static UploadChecksum? ParseChecksum(string? header)
    {
        var (algorithm, bytes) = header?.Split(' ') switch
        {
            ["sha1", _] => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
            ["sha256", _] => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            _ => default,
        };
        var digest = new byte[bytes];
        return bytes > 0 && Convert.TryFromBase64String(header!.Split(' ')[1], digest, out var written) && written == bytes
            ? new UploadChecksum(algorithm, digest)
            : null;
    }
}
