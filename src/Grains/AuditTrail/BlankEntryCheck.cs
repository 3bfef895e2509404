namespace Replays.Grains.AuditTrail;

/// <summary>
/// Decides which entries may be blank: all before an erasure, and those directly after it, which were in progress when it started. Any
/// other blank entry was tampered with.
/// </summary>
/// <param name="FirstUnexplained">Number of the first blank entry that no erasure explains.</param>
/// <param name="FollowsErasure">Whether all entries since the last erasure are blank.</param>
public readonly record struct BlankEntryCheck(long? FirstUnexplained, bool FollowsErasure)
{
    /// <summary>Returns the check after one more entry.</summary>
    public BlankEntryCheck Next(long number, in RawChainedEntry entry) =>
        entry.Content is null ? FollowsErasure ? this : this with { FirstUnexplained = FirstUnexplained ?? number }
        : AuditEntryKinds.IsErasure(entry.Content.Value.Span) ? new(null, true)
        : this with { FollowsErasure = false };
}
