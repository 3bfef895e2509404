using Replays.Grains.Identity;

namespace Replays.Grains.AuditTrail;

/// <summary>Verifies a trail page by page, for the grain and for the ownership audit.</summary>
public static class TrailVerification
{
    /// <summary>Goes on with one page; null: there is none.</summary>
    public static VerificationProgress Continue(VerificationProgress soFar, string owner, int number, TrailPage? page)
    {
        if (page is null)
            return End(soFar);
        if (page.Owner != owner || page.Number != number || page.Entries.Length > TrailStorage.PageSize)
            return Broken(soFar, soFar.Entries + 1);
        var (entries, hash, silence) = (soFar.Entries, soFar.Hash!, new BlankEntryCheck(soFar.FirstBlank, soFar.FollowsErasure));
        foreach (var link in page.Entries)
        {
            if (!TrailChain.IsValid(hash, entries + 1, link))
                return Broken(soFar, entries + 1);
            (entries, hash, silence) = (entries + 1, link.Hash, silence.Next(entries + 1, RawChainedEntry.Of(link)));
            if (entries == soFar.HeadCount && !hash.AsSpan().SequenceEqual(soFar.HeadHash))
                return Broken(soFar, entries); // a chain that holds, and is not the one that the head sealed
        }
        soFar = soFar with { Entries = entries, Hash = hash, FirstBlank = silence.FirstUnexplained, FollowsErasure = silence.FollowsErasure };
        return page.Entries.Length < TrailStorage.PageSize ? End(soFar) : soFar;
    }

    /// <summary>Verifies a patient's whole trail, in bounded steps.</summary>
    public static async Task<VerificationProgress> VerifyTrail(this IGrainFactory grains, PatientId patient, CancellationToken cancellation = default)
    {
        var check = VerificationProgress.NotStarted;
        while (!check.IsComplete)
            check = await grains.AuditTrail(patient).Verify(check, cancellation);
        return check;
    }

    public static IAuditTrailGrain AuditTrail(this IGrainFactory grains, PatientId patient) => grains.GetGrain<IAuditTrailGrain>(patient.Name);

    private static VerificationProgress Broken(VerificationProgress soFar, long number) => soFar with { IsComplete = true, FirstBroken = number };

    private static VerificationProgress End(VerificationProgress soFar) =>
        soFar.Entries < soFar.HeadCount ? Broken(soFar, soFar.Entries + 1) : soFar with { IsComplete = true, FirstBroken = soFar.FirstBlank };
}
