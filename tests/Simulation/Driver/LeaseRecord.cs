using Replays.Grains.Identity;
using Replays.Simulation.Runtime;

namespace Replays.Simulation.Driver;

/// <summary>A lease that was granted, and by which activation.</summary>
internal sealed class LeaseRecord(RecordingId recording, Guid id, bool seals, Activation grantedBy)
{
    public RecordingId Recording => recording;

    public Guid Id => id;

    public bool Seals => seals;

    public Activation GrantedBy => grantedBy;

    public DateTimeOffset RenewedAt { get; set; }

    /// <summary>Given back, or followed by another.</summary>
    public bool IsOver { get; set; }
}
