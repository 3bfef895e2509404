namespace Replays.Grains.OwnershipAudit;

/// <summary>When the cluster audits itself. There is one, under the key <see cref="Key"/>.</summary>
[GrainInterfaceType("replays.ownership-audit-grain"), Alias("replays.ownership-audit-grain")]
public interface IOwnershipAuditGrain : IGrainWithStringKey
{
    const string Key = "ownership-audit";

    /// <summary>Sees that there is an audit every so often, for good. Repeated: unchanged.</summary>
    /// <param name="every">At least a minute.</param>
    /// <param name="firstAfter">When the first is, if it was not so before.</param>
    [Alias("Schedule")]
    Task Schedule(TimeSpan every, TimeSpan firstAfter);
}
