using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.OwnershipAudit;

/// <summary>Section <c>Replays:Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Replays:Audit";

    /// <summary>The interval of ownership audits. Default: one day; at least one minute.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "40.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The delay of the first audit after the first start or a change of <see cref="Every"/>. Default: one hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "40.00:00:00")]
    public TimeSpan FirstAfter { get; set; } = TimeSpan.FromHours(1);
}
