namespace Replays.Grains.AuditTrail;

/// <summary>Verifies an audit trail page by page, for the grain and for the ownership audit.</summary>
public static class TrailVerification
{
    public static VerificationProgress Start(VerificationProgress progress, string owner, TrailHead? head) =>
        head is null || head.Owner == owner
            ? progress with { Hash = TrailChain.Genesis(owner), HeadCount = head?.Count ?? 0, HeadHash = head?.Hash }
            : Broken(progress, 1);

    /// <summary>Verifies the next page, or the end of the trail when it is null.</summary>
    public static VerificationProgress Continue(VerificationProgress progress, string owner, int number, TrailPage? page)
    {
        if (page is null)
            return End(progress);
        if (page.Owner != owner || page.Number != number || page.Entries.Length > TrailStorage.PageSize)
            return Broken(progress, progress.Entries + 1);
        var (entries, hash) = (progress.Entries, progress.Hash!);
        var blanks = new BlankEntryCheck(progress.FirstBlank, progress.FollowsErasure);
        foreach (var entry in page.Entries)
        {
            if (!TrailChain.IsValid(hash, entries + 1, entry))
                return Broken(progress, entries + 1);
            (entries, hash, blanks) = (entries + 1, entry.Hash, blanks.Next(entries + 1, RawChainedEntry.Of(entry)));
            if (entries == progress.HeadCount && !hash.AsSpan().SequenceEqual(progress.HeadHash))
                return Broken(progress, entries); // a valid chain, but not the one that the head covers
        }
        progress = progress with
        {
            Entries = entries,
            Hash = hash,
            FirstBlank = blanks.FirstUnexplained,
            FollowsErasure = blanks.FollowsErasure,
        };
        return page.Entries.Length < TrailStorage.PageSize ? End(progress) : progress;
    }

    /// <summary>Verifies a patient's whole audit trail in bounded steps.</summary>
    public static async Task<VerificationProgress> VerifyTrail(
        this IGrainFactory grains, PatientId patient, CancellationToken cancellation = default)
    {
        var progress = VerificationProgress.NotStarted;
        while (!progress.IsComplete)
            progress = await grains.AuditTrail(patient).Verify(progress, cancellation);
        return progress;
    }

    public static IAuditTrailGrain AuditTrail(this IGrainFactory grains, PatientId patient) =>
        grains.GetGrain<IAuditTrailGrain>(patient.Name);

    private static VerificationProgress Broken(VerificationProgress progress, long number) =>
        progress with { IsComplete = true, FirstBroken = number };

    private static VerificationProgress End(VerificationProgress progress) =>
        progress.Entries < progress.HeadCount
            ? Broken(progress, progress.Entries + 1)
            : progress with { IsComplete = true, FirstBroken = progress.FirstBlank };
}
