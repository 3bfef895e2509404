namespace Replays.Grains.OwnershipAudit;

/// <summary>Runs ownership audits in this silo.</summary>
public interface IOwnershipAudits
{
    /// <summary>Starts an ownership audit unless one is running. Returns immediately: it runs outside any grain's turn.</summary>
    void Begin();
}
