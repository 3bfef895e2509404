using Replays.Api.Problems;

namespace Replays.Api.OpenApi;

/// <summary>What an endpoint may answer beside what all do: for the OpenAPI document.</summary>
public sealed record ProducedProblems(IReadOnlyList<ProblemKind> Kinds)
{
    /// <summary>Of endpoints that change a consultation.</summary>
    public static readonly ProblemKind[] OfTransition = [ProblemKind.NotFound, ProblemKind.InvalidTransition];
}

public static class ProblemKindsExtensions
{
    /// <summary>Documents the problems that an endpoint may answer.</summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder endpoints, params ProblemKind[] kinds) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ProducedProblems(kinds));
}
