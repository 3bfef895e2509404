using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Grains;

namespace Replays.Api.Problems;

/// <summary>From a grain's outcome to an answer.</summary>
public static class ResultExtensions
{
    public static Results<Ok<TView>, Problem> ToOk<T, TView>(this Result<T> outcome, Func<T, TView> view) =>
        outcome.IsSuccess ? TypedResults.Ok(view(outcome.Value)) : Problem.Of(outcome.Error);
}
