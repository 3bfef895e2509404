using System.Security.Cryptography;
using System.Text;
using Replays.Api.Problems;
using Replays.Api.Security;
using Replays.Grains;

namespace Replays.Api.Consultations;

/// <summary>
/// The <c>Idempotency-Key</c> of a creating request, if it has one, as grains keep it: scoped to caller and path, with a digest of the body.
/// </summary>
public sealed record IdempotentRequest(IdempotencyKey? Key)
{
    internal const string Header = "Idempotency-Key";
    internal const int MaxLength = 255;

    public static async ValueTask<IdempotentRequest?> BindAsync(HttpContext http)
    {
        var request = http.Request;
        var sent = request.Headers[Header];
        if (sent.Count == 0)
            return new(default(IdempotencyKey));
        if (sent is not [{ Length: > 0 and <= MaxLength } key] || key.Any(c => c is < ' ' or > '~'))
            throw new ProblemException(Problem.Invalid(Header, $"One key of 1 to {MaxLength} printable ASCII characters."));

        request.EnableBuffering();
        var body = await SHA256.HashDataAsync(request.Body, http.RequestAborted);
        request.Body.Position = 0;
        var scope = $"{CurrentUser.Of(http).Subject}\n{request.Path}\n{key}";
        return new(new IdempotencyKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope))), Convert.ToHexStringLower(body)));
    }
}
