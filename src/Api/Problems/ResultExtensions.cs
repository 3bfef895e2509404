namespace Replays.Api.Problems;

public static class ResultExtensions
{
    public static Results<Ok<TView>, Problem> ToOk<T, TView>(this Result<T> result, Func<T, TView> view) =>
        result.IsSuccess ? TypedResults.Ok(view(result.Value)) : Problem.Of(result.Error);
}
