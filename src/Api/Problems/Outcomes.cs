using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Grains;

namespace Replays.Api.Problems;

/// <summary>From a grain's outcome to an answer.</summary>
public static class Outcomes
{
    public static Results<Ok<TView>, Problem> ToOk<T, TView>(this Outcome<T> outcome, Func<T, TView> view) =>
        outcome.IsDone ? TypedResults.Ok(view(outcome.Value)) : Problem.Of(outcome.Refusal);
}
