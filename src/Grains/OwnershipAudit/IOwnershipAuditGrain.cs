namespace Replays.Grains.OwnershipAudit;

/// <summary>Schedules ownership audits of the cluster. A singleton with the key <see cref="Key"/>.</summary>
[GrainInterfaceType("replays.ownership-audit-grain"), Alias("replays.ownership-audit-grain")]
public interface IOwnershipAuditGrain : IGrainWithStringKey
{
    const string Key = "ownership-audit";

    /// <summary>Schedules ownership audits durably. Idempotent.</summary>
    /// <param name="period">At least one minute.</param>
    /// <param name="delay">Time until the first audit; ignored when the period is unchanged.</param>
    [Alias("Schedule")]
    Task Schedule(TimeSpan period, TimeSpan delay);
}
