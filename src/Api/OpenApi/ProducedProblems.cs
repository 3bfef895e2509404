namespace Replays.Api.OpenApi;

/// <summary>Endpoint metadata: the problems an endpoint can answer with, beyond those common to all.</summary>
public sealed record ProducedProblems(IReadOnlyList<ProblemKind> Kinds)
{
    /// <summary>For endpoints that change the status of something.</summary>
    public static readonly ProblemKind[] OfTransition = [ProblemKind.NotFound, ProblemKind.InvalidTransition];
}

public static class ProducedProblemsExtensions
{
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder endpoints, params ProblemKind[] kinds)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new ProducedProblems(kinds));
}
