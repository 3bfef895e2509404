namespace Replays.Api.Incidents;

/// <summary><c>/incidents/{id}</c>. A malformed id is not found (404).</summary>
public sealed record IncidentPath(string Id)
{
    internal const string Pattern = "^[0-9a-f]{32}$";

    public static ValueTask<IncidentPath?> BindAsync(HttpContext http) =>
        http.Request.RouteValues["id"] is string { Length: 32 } id && id.All(char.IsAsciiHexDigitLower)
            ? new(new IncidentPath(id))
            : throw new ProblemException(ProblemKind.NotFound);
}
