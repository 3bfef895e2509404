namespace Replays.Grains.StopList;

/// <summary>One row of the stop list.</summary>
public sealed record Stop
{
    /// <summary>The target of a suspension for everyone.</summary>
    public const string Everyone = "*";

    /// <summary>The target of a suspension for one patient, or for everyone when null.</summary>
    public static string TargetOf(PatientId? patient) => patient?.Name ?? Everyone;

    public required StopKind Kind { get; init; }

    /// <summary>A recording's full name, a patient's, or <see cref="Everyone"/>.</summary>
    public required string Target { get; init; }

    /// <summary>Only of a suspension.</summary>
    public StopScope Scope { get; init; }

    /// <summary>The incident that caused it, if any.</summary>
    public string? Incident { get; init; }
    public required Actor By { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Reason { get; init; }
}
