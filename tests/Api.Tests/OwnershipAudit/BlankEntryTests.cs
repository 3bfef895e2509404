using System.Text;
using Replays.Api.Tests.Http;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>Erasure blanks audit entries without breaking the hash chain. Verification detects entries blanked by anything else.</summary>
public sealed class BlankEntryTests
{
    [Fact]
    public async Task Verification_accepts_blank_entries_only_after_an_erasure()
    {
        await using var deployment = await TestDeployment.Start(null);
        await using var rows = new StoredRows(deployment.OpenDatabase());
        var (untouched, blanked, rewritten) = (Patient("untouched"), Patient("blanked"), Patient("rewritten"));
        var (erased, late) = (Patient("erased"), Patient("late"));
        PatientId[] patients = [untouched, blanked, rewritten, erased, late];
        await AuditCommandTests.CreateConsultations(deployment.Api, patients);
        await AuditCommandTests.WaitForAuditTrails(deployment, rows, patients);

        await rows.Change<TrailPage>(
            TrailStorage.PageState, TrailStorage.PageKey(blanked.Name, 0),
            page => page with { Entries = page.Entries.SetItem(1, Blank(page.Entries[1])) });
        Assert.Equal(2, await FirstBroken(deployment.Api, blanked));

        // Rewrites the whole chain consistently. "-" is a blank entry, "+" one with content, "x" the erasure.
        await Rewrite(rows, rewritten, "--++");
        Assert.Equal(1, await FirstBroken(deployment.Api, rewritten));
        await Rewrite(rows, erased, "---x--++");
        Assert.Null(await FirstBroken(deployment.Api, erased));
        await Rewrite(rows, late, "--x-+-+");
        Assert.Equal(6, await FirstBroken(deployment.Api, late));
        Assert.Null(await FirstBroken(deployment.Api, untouched));

        // The ownership audit also detects that none of these patients was erased.
        deployment.Kill();
        Assert.Equal(
            $"trail-broken {blanked.Name}/trail/2\ntrail-broken {erased.Name}/trail/4\n"
            + $"trail-broken {late.Name}/trail/6\ntrail-broken {rewritten.Name}/trail/1",
            TestDeployment.Findings((await deployment.Audit()).Result));
    }

    private static PatientId Patient(string name) => PatientId.Parse($"p-{name}");

    private static ChainedEntry Blank(ChainedEntry entry) => entry with { Salt = null, Content = null };

    private static async Task<int?> FirstBroken(ApiProcess api, PatientId patient)
    {
        var check = (await api.Post($"/v1/patients/{patient.Value}/audit-trail/verify", TestTokens.Officer))!;
        Assert.Equal((bool)check["intact"]!, check["firstBroken"] is null);
        return (int?)check["firstBroken"];
    }

    private static async Task Rewrite(StoredRows rows, PatientId patient, string entries)
    {
        var booked = (await rows.Read<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(patient.Name, 0))).Entries[0].Content!;
        var erased = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(booked).Replace("consultation.booked", AuditEntryKinds.PatientErased));
        var (hash, chain) = (TrailChain.Genesis(patient.Name), new List<ChainedEntry>());
        foreach (var entry in entries)
        {
            var content = entry is 'x' ? erased : booked;
            chain.Add(TrailChain.CreateEntry(hash, chain.Count + 1, Guid.NewGuid(), 1_800_000_000_000, content));
            hash = chain[^1].Hash;
            if (entry is '-')
                chain[^1] = Blank(chain[^1]);
        }
        await rows.Change<TrailPage>(
            TrailStorage.PageState, TrailStorage.PageKey(patient.Name, 0), page => page with { Entries = [.. chain] });
        await rows.Change<TrailHead>(TrailStorage.HeadState, patient.Name, head => head with { Count = chain.Count, Hash = hash });
    }
}
