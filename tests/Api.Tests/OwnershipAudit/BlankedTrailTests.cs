using System.Text;
using Replays.Api.Tests.Http;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>Erasure blanks entries and the chain still holds; whoever blanks entries otherwise is found.</summary>
public sealed class BlankedTrailTests
{
    [Fact]
    public async Task Only_erasure_makes_entries_say_nothing()
    {
        await using var service = await AuditedService.Start(null);
        await using var rows = new StoredRows(service.Open());
        var (untouched, blanked, rewritten, erased, late) = (Patient("untouched"), Patient("blanked"), Patient("rewritten"), Patient("erased"), Patient("late"));
        PatientId[] patients = [untouched, blanked, rewritten, erased, late];
        await OwnershipAuditTests.Live(service.Api, patients);
        await OwnershipAuditTests.Settle(service, rows, patients);

        await rows.Change<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(blanked.Name, 0), page => page with { Entries = page.Entries.SetItem(1, Blank(page.Entries[1])) });
        Assert.Equal(2, await FirstBroken(service.Api, blanked));

        // The chain anew, so that it holds: - is an entry that says nothing, + one that says something, x the erasure.
        await Rewrite(rows, rewritten, "--++");
        Assert.Equal(1, await FirstBroken(service.Api, rewritten));
        await Rewrite(rows, erased, "---x--++");
        Assert.Null(await FirstBroken(service.Api, erased));
        await Rewrite(rows, late, "--x-+-+");
        Assert.Equal(6, await FirstBroken(service.Api, late));
        Assert.Null(await FirstBroken(service.Api, untouched));

        // The audit also knows that none of them was ever erased.
        service.Kill();
        Assert.Equal(
            $"trail-broken {blanked.Name}/trail/2\ntrail-broken {erased.Name}/trail/4\ntrail-broken {late.Name}/trail/6\ntrail-broken {rewritten.Name}/trail/1",
            AuditedService.Findings((await service.Audit()).Result));
    }

    private static PatientId Patient(string name) => PatientId.Parse($"p-{name}");

    private static ChainedEntry Blank(ChainedEntry link) => link with { Salt = null, Content = null };

    private static async Task<int?> FirstBroken(ApiProcess api, PatientId patient)
    {
        var check = (await api.Post($"/v1/patients/{patient.Value}/audit-trail/verify", TestTokens.Officer))!;
        Assert.Equal((bool)check["intact"]!, check["firstBroken"] is null);
        return (int?)check["firstBroken"];
    }

    private static async Task Rewrite(StoredRows rows, PatientId patient, string entries)
    {
        var said = (await rows.Read<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(patient.Name, 0))).Entries[0].Content!;
        var (hash, links) = (TrailChain.Genesis(patient.Name), new List<ChainedEntry>());
        foreach (var entry in entries)
        {
            var content = entry is 'x' ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(said).Replace("consultation.booked", AuditEntryKinds.PatientErased)) : said;
            links.Add(TrailChain.CreateEntry(hash, links.Count + 1, Guid.NewGuid(), 1_800_000_000_000, content));
            hash = links[^1].Hash;
            if (entry is '-')
                links[^1] = Blank(links[^1]);
        }
        await rows.Change<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(patient.Name, 0), page => page with { Entries = [.. links] });
        await rows.Change<TrailHead>(TrailStorage.HeadState, patient.Name, head => head with { Count = links.Count, Hash = hash });
    }
}
