using Replays.Grains.Identity;

namespace Replays.Grains.AuditTrail;

/// <summary>Verifies a trail page by page, for the grain and for the ownership audit.</summary>
public static class TrailVerification
{
    /// <summary>Goes on with one page; null: there is none.</summary>
    public static TrailCheck Continue(TrailCheck soFar, string owner, int number, TrailPage? page)
    {
        if (page is null)
            return End(soFar);
        if (page.Owner != owner || page.Number != number || page.Links.Length > StoredTrail.PageSize)
            return Broken(soFar, soFar.Entries + 1);
        var (entries, hash, silence) = (soFar.Entries, soFar.Hash!, new TrailSilence(soFar.Blank, soFar.AfterErasure));
        foreach (var link in page.Links)
        {
            if (!TrailChain.Holds(hash, entries + 1, link))
                return Broken(soFar, entries + 1);
            (entries, hash, silence) = (entries + 1, link.Hash, silence.Then(entries + 1, RawTrailLink.Of(link)));
            if (entries == soFar.Sealed && !hash.AsSpan().SequenceEqual(soFar.SealedHash))
                return Broken(soFar, entries); // a chain that holds, and is not the one that the head sealed
        }
        soFar = soFar with { Entries = entries, Hash = hash, Blank = silence.Unexplained, AfterErasure = silence.AfterErasure };
        return page.Links.Length < StoredTrail.PageSize ? End(soFar) : soFar;
    }

    /// <summary>Verifies a patient's whole trail, in bounded steps.</summary>
    public static async Task<TrailCheck> VerifyTrail(this IGrainFactory grains, PatientId patient, CancellationToken cancellation = default)
    {
        var check = TrailCheck.Begin;
        while (!check.Done)
            check = await grains.AuditTrail(patient).Verify(check, cancellation);
        return check;
    }

    public static IAuditTrailGrain AuditTrail(this IGrainFactory grains, PatientId patient) => grains.GetGrain<IAuditTrailGrain>(patient.Name);

    private static TrailCheck Broken(TrailCheck soFar, long number) => soFar with { Done = true, FirstBroken = number };

    private static TrailCheck End(TrailCheck soFar) =>
        soFar.Entries < soFar.Sealed ? Broken(soFar, soFar.Entries + 1) : soFar with { Done = true, FirstBroken = soFar.Blank };
}
