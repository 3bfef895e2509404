using Replays.Grains.Identity;

namespace Replays.Grains.StopList;

/// <summary>One row of the stop list.</summary>
public sealed record Stop
{
    /// <summary>The target of a suspension that is for everyone.</summary>
    public const string Everyone = "*";

    /// <summary>The target of a suspension for one patient; null: for everyone.</summary>
    public static string TargetOf(PatientId? patient) => patient?.Name ?? Everyone;

    public required StopKind Kind { get; init; }

    /// <summary>A recording's full name, a patient's, or <see cref="Everyone"/>.</summary>
    public required string Target { get; init; }

    /// <summary>Of a suspension.</summary>
    public StopScope Scope { get; init; }

    /// <summary>The incident it belongs to, if any.</summary>
    public string? Incident { get; init; }

    public required Actor By { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? Reason { get; init; }
}
