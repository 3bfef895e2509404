using System.Security.Cryptography;
using System.Text;

namespace Replays.Api.Binding;

/// <summary>The <c>Idempotency-Key</c> header, if any, scoped to the caller and the path, with a digest of the body.</summary>
public sealed record IdempotentRequest(IdempotencyKey? Key)
{
    internal const string Header = "Idempotency-Key";
    internal const int MaxLength = 255;

    public static async ValueTask<IdempotentRequest?> BindAsync(HttpContext http)
    {
        var request = http.Request;
        var header = request.Headers[Header];
        if (header.Count == 0)
            return new(default(IdempotencyKey));
        if (header is not [{ Length: > 0 and <= MaxLength } key] || key.Any(c => c is < ' ' or > '~'))
            throw new ProblemException(Problem.Invalid(Header, $"Send one key of 1 to {MaxLength} printable ASCII characters."));

        request.EnableBuffering();
        var body = await SHA256.HashDataAsync(request.Body, http.RequestAborted);
        request.Body.Position = 0;
        var scope = $"{CurrentUser.Of(http).Subject}\n{request.Path}\n{key}";
        var scopedKey = SHA256.HashData(Encoding.UTF8.GetBytes(scope));
        return new(new IdempotencyKey(Convert.ToHexStringLower(scopedKey), Convert.ToHexStringLower(body)));
    }
}
