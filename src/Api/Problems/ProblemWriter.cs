using System.Text.Json;

namespace Replays.Api.Problems;

/// <summary>Gives the framework's own problem details, those of its validation, our form and code.</summary>
internal sealed class ProblemWriter : IProblemDetailsService
{
    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        var kind = ProblemKind.ForStatus(details.Status ?? context.HttpContext.Response.StatusCode);
        var problem = new Problem(kind) { Errors = (details as HttpValidationProblemDetails)?.Errors.ToDictionary(error => Field(error.Key), error => error.Value) };
        await problem.ExecuteAsync(context.HttpContext);
        return true;
    }

    /// <summary>As the field is called on the wire: <c>clinician.id</c>, not <c>Clinician.Id</c>.</summary>
    private static string Field(string property) => string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
