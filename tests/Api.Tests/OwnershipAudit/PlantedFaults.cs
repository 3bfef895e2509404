using System.Collections.Immutable;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>One fault per kind of finding, each for its own patient with two ended consultations, the first with a replay.</summary>
internal sealed class PlantedFaults(string media, StoredRows rows)
{
    private const string Page = LedgerPage.StateName, Consultation = "consultation";

    /// <summary>Functions by kind of finding. Each plants its fault and returns the name that the finding must have.</summary>
    public IReadOnlyDictionary<string, Func<PatientId, Task<string>>> All => new Dictionary<string, Func<PatientId, Task<string>>>
    {
        [FindingKinds.RowUnreadable] = async p =>
        {
            await rows.Put(Consultation, p.Consultation(1).Name, [1, 2, 3]);
            return $"{Consultation} {p.Consultation(1).Name}";
        },
        [FindingKinds.RowKey] = async p =>
        {
            await rows.Copy(Page, PageOf(p), $"{p.Name}/page/0");
            return $"{Page} {p.Name}/page/0";
        },
        [FindingKinds.RowOwner] = async p =>
        {
            await rows.Change<ConsultationState>(
                Consultation, p.Consultation(1).Name, state => state with { Owner = "patients/p-somebody/consultations/1" });
            return p.Consultation(1).Name;
        },
        [FindingKinds.EntryOwner] = async p =>
        {
            var strangers = PatientId.Parse("p-stranger").Consultation(3);
            await rows.Change<LedgerPage>(Page, PageOf(p), page =>
                page with { Entries = page.Entries.Add(page.Entries[^1] with { Name = strangers, Replays = [] }) });
            return strangers.Name;
        },
        [FindingKinds.EntryPlace] = async p =>
        {
            await rows.Change<LedgerPage>(
                Page, PageOf(p), page => page with { Entries = [page.Entries[1], page.Entries[0], .. page.Entries[2..]] });
            return p.Consultation(1).Name;
        },
        [FindingKinds.EntryMissing] = async p =>
        {
            await rows.ExecuteSingle(
                "DELETE FROM replays_grain_state WHERE state_name = 'consultation' AND grain_key = @key", ("key", p.Consultation(1).Name));
            await rows.Change<LedgerPage>(Page, PageOf(p), page => page with { Entries = page.Entries[1..] });
            return p.Consultation(1).Name;
        },
        [FindingKinds.ReplayOwner] = async p =>
        {
            var strangers = PatientId.Parse("p-stranger").Consultation(1).Recording(1);
            await ChangeReplays(p, replays => replays.Add(replays[0] with { Name = strangers }));
            return strangers.Name;
        },
        [FindingKinds.ReplayPlace] = async p =>
        {
            await ChangeReplays(p, replays => replays.Add(replays[0]));
            return Replay(p);
        },
        [FindingKinds.ReplayUnknown] = async p =>
        {
            var second = p.Consultation(1).Recording(2);
            await ChangeReplays(p, replays => replays.Add(replays[0] with { Name = second, ObjectKey = MediaObjectKey.Create() }));
            return second.Name;
        },
        [FindingKinds.ReplayMissing] = async p =>
        {
            await ChangeReplays(p, replays => []);
            return Replay(p);
        },
        [FindingKinds.ReplayMedia] = async p =>
        {
            await ChangeReplays(p, replays => [replays[0] with { ObjectKey = MediaObjectKey.Create() }]);
            return Replay(p);
        },
        [FindingKinds.ReplayKey] = async p =>
        {
            await ChangeReplays(p, replays => [replays[0] with { WrappedKey = null }]);
            return Replay(p);
        },
        [FindingKinds.ConsultationUnknown] = async p =>
        {
            var third = p.Consultation(3).Name;
            await rows.Copy(Consultation, p.Consultation(2).Name, third);
            await rows.Change<ConsultationState>(Consultation, third, state => state with { Owner = third });
            return third;
        },
        [FindingKinds.PatientKeyMissing] = async p =>
        {
            await rows.ExecuteSingle("DELETE FROM replays_patient_key WHERE patient = @patient", ("patient", p.Name));
            return p.Name;
        },
        [FindingKinds.PatientHead] = async p =>
        {
            await rows.Copy(Page, PageOf(p), $"{p.Name}/pages/1");
            await rows.Change<LedgerPage>(Page, $"{p.Name}/pages/1", page => new() { Owner = $"{p.Name}/pages/1" });
            return p.Name;
        },
        [FindingKinds.TrailBroken] = async p =>
        {
            await rows.Change<TrailPage>(
                TrailStorage.PageState, TrailStorage.PageKey(p.Name, 0),
                page => page with { Entries = page.Entries.SetItem(2, page.Entries[2] with { Content = page.Entries[1].Content }) });
            return $"{p.Name}/trail/3";
        },
        [FindingKinds.TrailTruncated] = async p =>
        {
            await rows.Change<TrailPage>(
                TrailStorage.PageState, TrailStorage.PageKey(p.Name, 0), page => page with { Entries = page.Entries[..^1] });
            return $"{p.Name}/trail";
        },
        [FindingKinds.TrailRewritten] = async p =>
        {
            await RewriteTrail(p);
            return $"{p.Name}/trail";
        },
        [FindingKinds.MediaMissing] = async p =>
        {
            Directory.Delete(Folder(await ReadObjectKey(p)), recursive: true);
            return Replay(p);
        },
        [FindingKinds.MediaSize] = async p =>
        {
            await using var body = File.OpenWrite(Path.Combine(Folder(await ReadObjectKey(p)), "media"));
            body.SetLength(body.Length - 1);
            return Replay(p);
        },
        [FindingKinds.MediaShared] = async p =>
        {
            await rows.Change<ConsultationState>(Consultation, p.Consultation(1).Name, state => state with
            {
                Recordings = state.Recordings.Add(state.Recordings[0] with { Ordinal = 2 }),
            });
            await ChangeReplays(p, replays => replays.Add(replays[0] with { Name = p.Consultation(1).Recording(2) }));
            return Replay(p);
        },
        [FindingKinds.MediaUnreferenced] = _ =>
        {
            var key = MediaObjectKey.Create();
            var body = Path.Combine(Directory.CreateDirectory(Folder(key)).FullName, "media");
            File.WriteAllBytes(body, [1]);
            File.SetLastWriteTimeUtc(body, DateTime.UtcNow.AddDays(-3));
            Directory.SetLastWriteTimeUtc(Folder(key), DateTime.UtcNow.AddDays(-3));
            return Task.FromResult($"media/{key}");
        },
    };

    private static string PageOf(PatientId patient) => LedgerPage.PageKey(patient, 0);

    private static string Replay(PatientId patient) => patient.Consultation(1).Recording(1).Name;

    private string Folder(string key) => Path.Combine(media, key[..2], key);

    private async Task<string> ReadObjectKey(PatientId patient) =>
        (await rows.Read<LedgerPage>(Page, PageOf(patient))).Entries.SelectMany(entry => entry.Replays).First().ObjectKey;

    private Task ChangeReplays(PatientId patient, Func<ImmutableArray<Replay>, ImmutableArray<Replay>> change) =>
        rows.Change<LedgerPage>(Page, PageOf(patient), page =>
            page with { Entries = page.Entries.SetItem(0, page.Entries[0] with { Replays = change(page.Entries[0].Replays) }) });

    /// <summary>Rewrites the whole chain and its head without one entry, so that the chain is consistent in itself.</summary>
    private async Task RewriteTrail(PatientId patient)
    {
        var key = TrailStorage.PageKey(patient.Name, 0);
        var page = await rows.Read<TrailPage>(TrailStorage.PageState, key);
        var hash = TrailChain.Genesis(patient.Name);
        var chain = new List<ChainedEntry>();
        foreach (var entry in page.Entries.RemoveAt(1))
        {
            chain.Add(TrailChain.CreateEntry(hash, chain.Count + 1, entry.Id, entry.RecordedAt, entry.Content!));
            hash = chain[^1].Hash;
        }
        // Keeps the original length, because a shorter trail would be detected as truncated.
        chain.Add(TrailChain.CreateEntry(hash, chain.Count + 1, Guid.NewGuid(), chain[^1].RecordedAt, chain[^1].Content!));
        await rows.Put(TrailStorage.PageState, key, rows.Serialize(page with { Entries = [.. chain] }));
        await rows.Change<TrailHead>(TrailStorage.HeadState, patient.Name, head => head with { Hash = chain[^1].Hash });
    }
}
