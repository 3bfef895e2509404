namespace Replays.Grains.AuditTrail;

/// <summary>
/// Which entries may say nothing: all before an erasure, and those right after it, which were under way when it began. Any other was blanked by
/// somebody.
/// </summary>
/// <param name="FirstUnexplained">The first entry so far that says nothing and may not.</param>
/// <param name="FollowsErasure">Whether all since the last erasure says nothing.</param>
public readonly record struct BlankEntryCheck(long? FirstUnexplained, bool FollowsErasure)
{
    /// <summary>Goes on with the next entry.</summary>
    public BlankEntryCheck Next(long number, in RawChainedEntry link) =>
        link.Content is null ? FollowsErasure ? this : this with { FirstUnexplained = FirstUnexplained ?? number }
        : AuditEntryKinds.IsErasure(link.Content.Value.Span) ? new(null, true)
        : this with { FollowsErasure = false };
}
