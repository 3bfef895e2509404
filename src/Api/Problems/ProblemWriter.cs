using System.Text.Json;

namespace Replays.Api.Problems;

/// <summary>Replaces the framework's problem details, such as those of validation, with <see cref="Problem"/>.</summary>
internal sealed class ProblemWriter : IProblemDetailsService
{
    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        var errors = (details as HttpValidationProblemDetails)?.Errors;
        await new Problem(ProblemKind.ForStatus(details.Status ?? context.HttpContext.Response.StatusCode))
        {
            Errors = errors?.ToDictionary(error => ToJsonPath(error.Key), error => error.Value),
        }.ExecuteAsync(context.HttpContext);
        return true;
    }

    /// <summary><c>Clinician.Id</c> becomes <c>clinician.id</c>.</summary>
    private static string ToJsonPath(string property) =>
        string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
