namespace Replays.Grains.OwnershipAudit;

/// <summary>Ownership audits in this silo.</summary>
public interface IOwnershipAudits
{
    /// <summary>Begins one, outside any grain's turn, unless one is under way. Returns at once.</summary>
    void Begin();
}
