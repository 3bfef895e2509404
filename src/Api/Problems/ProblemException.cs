namespace Replays.Api.Problems;

/// <summary>An error answer from where no result can be returned: the binding of a parameter.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Kind.Code)
{
    public Problem Problem => problem;
}
