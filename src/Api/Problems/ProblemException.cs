namespace Replays.Api.Problems;

/// <summary>Carries an error response out of parameter binding, which cannot return a result.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Kind.Code)
{
    public Problem Problem => problem;
}
