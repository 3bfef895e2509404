using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Section <c>Replays:Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Replays:Audit";

    /// <summary>How often the cluster audits itself. Default one day, at least one minute.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "40.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>When the first audit is, after the cluster was first started or <see cref="Every"/> was changed. Default one hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "40.00:00:00")]
    public TimeSpan FirstAfter { get; set; } = TimeSpan.FromHours(1);
}
