using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;

namespace Replays.Cluster.Tests.Load;

/// <summary>What the service holds, against all that it acknowledged and all that was ever sent to it.</summary>
internal sealed class ConsistencyCheck
{
    /// <summary>Bookings and replays that were acknowledged and are not there.</summary>
    public ConcurrentBag<string> Lost { get; } = [];

    /// <summary>What is there more than once, though asked for once.</summary>
    public ConcurrentBag<string> Doubled { get; } = [];

    /// <summary>What is in a list and isn't that patient's, or isn't what was uploaded.</summary>
    public ConcurrentBag<string> Astray { get; } = [];

    /// <summary>Changes that were acknowledged and did not happen.</summary>
    public ConcurrentBag<string> False { get; } = [];

    public int Patients { get; private set; }

    public int Consultations { get; private set; }

    public int Replays { get; private set; }

    public bool IsClean => Lost.IsEmpty && Doubled.IsEmpty && Astray.IsEmpty && False.IsEmpty;

    public override string ToString() =>
        $"of {Replays} replays in {Consultations} consultations of {Patients} patients: {Lost.Count} lost, {Doubled.Count} doubled, "
        + $"{Astray.Count} astray, {False.Count} falsely acknowledged. "
        + string.Join("; ", Lost.Concat(Doubled).Concat(Astray).Concat(False).Take(10));

    public static async Task<ConsistencyCheck> Of(LoadClient users, IReadOnlyCollection<ExpectedState> promised)
    {
        var verdict = new ConsistencyCheck
        {
            Patients = promised.Count,
            Consultations = promised.Sum(patient => patient.Consultations.Count(c => c.Number is not null)),
            Replays = promised.Sum(patient => patient.Consultations.Sum(c => c.Sealed.Count)),
        };
        await Parallel.ForEachAsync(promised, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (patient, _) => await verdict.Judge(users, patient));
        return verdict;
    }

    private async Task Judge(LoadClient users, ExpectedState patient)
    {
        var me = TestTokens.Patient(patient.Patient);
        var consultations = new List<JsonNode>();
        foreach (var summary in await All(users, "/v1/me/consultations", me))
            consultations.Add((await users.Ask(HttpStatusCode.OK, HttpMethod.Get, $"/v1/me/consultations/{summary["number"]}", me)).Json);
        foreach (var promise in patient.Consultations)
            Compare(promise, consultations.Where(c => (string?)c["reason"] == promise.Reason).ToList());
        foreach (var stranger in consultations.Where(c => patient.Consultations.All(p => p.Reason != (string?)c["reason"])))
            Astray.Add($"consultation {stranger["name"]}");

        var replays = await All(users, "/v1/me/replays", me);
        foreach (var twice in replays.GroupBy(r => (string)r["id"]!).Where(same => same.Count() > 1))
            Doubled.Add($"replay {twice.Key} in one list");
        var digests = new HashSet<string>();
        foreach (var replay in replays)
        {
            var id = (string)replay["id"]!;
            var media = await users.Ask(HttpStatusCode.OK, HttpMethod.Get, $"/v1/me/replays/{id}/media", me);
            var digest = Convert.ToHexStringLower(SHA256.HashData(media.Body!));
            if (!digests.Add(digest))
                Doubled.Add($"media of {id}");
            if (patient.Consultations.FirstOrDefault(c => $"{c.Number}" == id.Split('-')[0])?.Uploads.GetValueOrDefault(int.Parse(id.Split('-')[1])) != digest)
                Astray.Add($"media of {id}");
        }
        foreach (var consultation in patient.Consultations)
        {
            foreach (var ordinal in consultation.Sealed.Where(ordinal => replays.All(r => (string?)r["id"] != $"{consultation.Number}-{ordinal}")))
                Lost.Add($"replay {consultation.Number}-{ordinal} of {patient.Patient}");
        }
    }

    private void Compare(ExpectedState.Consultation promise, List<JsonNode> found)
    {
        if (found.Count > 1)
            Doubled.Add($"consultation {promise.Number}: {found.Count} bookings");
        if (promise.Number is null || found is not [var own])
        {
            if (promise.Number is not null && found.Count == 0)
                Lost.Add($"consultation {promise.Number}");
            return;
        }
        if ((int?)own["number"] != promise.Number)
            Astray.Add($"consultation {promise.Number} is {own["number"]}");
        foreach (var mode in promise.Consents.Where(mode => (bool?)own["consents"]?[mode]?["granted"] is not true))
            False.Add($"consent to {mode} of {promise.Number}");
        if (promise.Ended && (string?)own["status"] is not ("ended" or "settled"))
            False.Add($"the end of {promise.Number}: {own["status"]}");
        var recordings = own["recordings"]!.AsArray();
        foreach (var ordinal in promise.Sealed)
        {
            if (recordings.Count(r => (int?)r!["ordinal"] == ordinal && (string?)r["status"] == "available") != 1)
                False.Add($"the seal of {promise.Number}-{ordinal}");
        }
        if (recordings.Count > promise.Uploads.Count && promise.Ended)
            Doubled.Add($"recordings of {promise.Number}: {recordings.Count} for {promise.Uploads.Count}");
    }

    private static async Task<List<JsonNode>> All(LoadClient users, string path, string me)
    {
        var items = new List<JsonNode>();
        for (var after = ""; ;)
        {
            var page = (await users.Ask(HttpStatusCode.OK, HttpMethod.Get, $"{path}?limit=100{after}", me, what: "verify")).Json;
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            if ((string?)page["next"] is not { } next)
                return items;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
    }
}
