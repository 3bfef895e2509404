namespace Replays.Grains.AuditTrail;

/// <summary>
/// Which entries may say nothing: all before an erasure, and those right after it, which were under way when it began. Any other was blanked by
/// somebody.
/// </summary>
/// <param name="Unexplained">The first entry so far that says nothing and may not.</param>
/// <param name="AfterErasure">Whether all since the last erasure says nothing.</param>
public readonly record struct TrailSilence(long? Unexplained, bool AfterErasure)
{
    /// <summary>Goes on with the next entry.</summary>
    public TrailSilence Then(long number, in RawTrailLink link) =>
        link.Content is null ? AfterErasure ? this : this with { Unexplained = Unexplained ?? number }
        : TrailKinds.IsErasure(link.Content.Value.Span) ? new(null, true)
        : this with { AfterErasure = false };
}
