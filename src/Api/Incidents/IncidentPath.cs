using Replays.Api.Problems;

namespace Replays.Api.Incidents;

/// <summary><c>/incidents/{id}</c>. What can't be an id is nothing that exists.</summary>
public sealed record IncidentPath(string Id)
{
    internal const string Pattern = "^[0-9a-f]{32}$";

    public static ValueTask<IncidentPath?> BindAsync(HttpContext http) =>
        http.Request.RouteValues["id"] is string { Length: 32 } id && id.All(char.IsAsciiHexDigitLower)
            ? ValueTask.FromResult<IncidentPath?>(new(id))
            : throw new ProblemException(ProblemKind.NotFound);
}
