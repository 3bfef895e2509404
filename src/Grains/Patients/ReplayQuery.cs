using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>A query for a patient's replays, newest first.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-query")]
public sealed record ReplayQuery
{
    /// <summary>1 to 100.</summary>
    [Id(0)] public required int Limit { get; init; }

    /// <summary>The end of the previous page (exclusive); null: from the newest.</summary>
    [Id(1)] public LedgerCursor? After { get; init; }
    [Id(2)] public ConsultationMode? Mode { get; init; }

    /// <summary>Recorded at this time or later.</summary>
    [Id(3)] public DateTimeOffset? From { get; init; }

    /// <summary>Recorded before this time.</summary>
    [Id(4)] public DateTimeOffset? To { get; init; }

    /// <summary>Only consultations of this clinician.</summary>
    [Id(5)] public string? ClinicianId { get; init; }
}
