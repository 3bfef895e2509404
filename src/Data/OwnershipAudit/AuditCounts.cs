namespace Replays.Data.OwnershipAudit;

/// <summary>What an ownership audit has checked.</summary>
public sealed record AuditCounts
{
    public long Patients { get; init; }
    public long Pages { get; init; }
    public long Consultations { get; init; }
    public long Replays { get; init; }
    public long PatientKeys { get; init; }
    public long Trails { get; init; }
    public long TrailEntries { get; init; }
    public long MediaObjects { get; init; }
    public long Stops { get; init; }
    public long Incidents { get; init; }

    /// <summary>Rows of grain states that the audit has no rules for.</summary>
    public long OtherRows { get; init; }

    public static AuditCounts operator +(AuditCounts one, AuditCounts other) => new()
    {
        Patients = one.Patients + other.Patients,
        Pages = one.Pages + other.Pages,
        Consultations = one.Consultations + other.Consultations,
        Replays = one.Replays + other.Replays,
        PatientKeys = one.PatientKeys + other.PatientKeys,
        Trails = one.Trails + other.Trails,
        TrailEntries = one.TrailEntries + other.TrailEntries,
        MediaObjects = one.MediaObjects + other.MediaObjects,
        Stops = one.Stops + other.Stops,
        Incidents = one.Incidents + other.Incidents,
        OtherRows = one.OtherRows + other.OtherRows,
    };
}
