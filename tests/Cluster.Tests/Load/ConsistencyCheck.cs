using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Replays.Api.Tests.Http;

namespace Replays.Cluster.Tests.Load;

/// <summary>Compares what the service holds with all that it acknowledged and all that was sent to it.</summary>
internal sealed class ConsistencyCheck
{
    /// <summary>The name of the check's own list requests, which do not count as load.</summary>
    public const string ListOperation = "verify";

    /// <summary>Acknowledged bookings and replays that do not exist.</summary>
    public ConcurrentBag<string> Lost { get; } = [];

    /// <summary>Resources that exist more than once although requested once.</summary>
    public ConcurrentBag<string> Duplicated { get; } = [];

    /// <summary>Listed resources that are not the patient's, or media that are not what was uploaded.</summary>
    public ConcurrentBag<string> Misdelivered { get; } = [];

    /// <summary>Acknowledged changes that were not made.</summary>
    public ConcurrentBag<string> NotApplied { get; } = [];

    public int Patients { get; private set; }

    public int Consultations { get; private set; }

    public int Replays { get; private set; }

    public bool IsClean => Lost.IsEmpty && Duplicated.IsEmpty && Misdelivered.IsEmpty && NotApplied.IsEmpty;

    public override string ToString() =>
        $"of {Replays} replays in {Consultations} consultations of {Patients} patients: {Lost.Count} lost, {Duplicated.Count} duplicated, "
        + $"{Misdelivered.Count} misdelivered, {NotApplied.Count} acknowledged but not applied. "
        + string.Join("; ", Lost.Concat(Duplicated).Concat(Misdelivered).Concat(NotApplied).Take(10));

    public static async Task<ConsistencyCheck> Run(LoadClient client, IReadOnlyCollection<ExpectedState> expected)
    {
        var check = new ConsistencyCheck
        {
            Patients = expected.Count,
            Consultations = expected.Sum(patient => patient.Consultations.Count(c => c.Number is not null)),
            Replays = expected.Sum(patient => patient.Consultations.Sum(c => c.Sealed.Count)),
        };
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        await Parallel.ForEachAsync(expected, options, async (patient, _) => await check.Check(client, patient));
        return check;
    }

    private async Task Check(LoadClient client, ExpectedState patient)
    {
        var token = TestTokens.Patient(patient.Patient);
        var consultations = new List<JsonNode>();
        foreach (var summary in await client.SendPaged("/v1/me/consultations", token, ListOperation))
        {
            var path = $"/v1/me/consultations/{summary["number"]}";
            consultations.Add((await client.Send(HttpStatusCode.OK, HttpMethod.Get, path, token)).Json);
        }
        foreach (var expected in patient.Consultations)
            Compare(expected, consultations.Where(c => (string?)c["reason"] == expected.Reason).ToList());
        foreach (var unknown in consultations.Where(c => patient.Consultations.All(p => p.Reason != (string?)c["reason"])))
            Misdelivered.Add($"consultation {unknown["name"]}");

        var replays = await client.SendPaged("/v1/me/replays", token, ListOperation);
        foreach (var duplicate in replays.GroupBy(r => (string)r["id"]!).Where(same => same.Count() > 1))
            Duplicated.Add($"replay {duplicate.Key} in one list");
        var digests = new HashSet<string>();
        foreach (var id in replays.Select(replay => (string)replay["id"]!))
        {
            var media = await client.Send(HttpStatusCode.OK, HttpMethod.Get, $"/v1/me/replays/{id}/media", token);
            var digest = Convert.ToHexStringLower(SHA256.HashData(media.Body!));
            if (!digests.Add(digest))
                Duplicated.Add($"media of {id}");
            var (number, ordinal) = (id.Split('-')[0], int.Parse(id.Split('-')[1]));
            if (patient.Consultations.FirstOrDefault(c => $"{c.Number}" == number)?.Uploads.GetValueOrDefault(ordinal) != digest)
                Misdelivered.Add($"media of {id}");
        }
        foreach (var consultation in patient.Consultations)
        {
            foreach (var id in consultation.Sealed.Select(ordinal => $"{consultation.Number}-{ordinal}"))
            {
                if (replays.All(replay => (string?)replay["id"] != id))
                    Lost.Add($"replay {id} of {patient.Patient}");
            }
        }
    }

    private void Compare(ExpectedState.Consultation expected, List<JsonNode> found)
    {
        if (found.Count > 1)
            Duplicated.Add($"consultation {expected.Number}: {found.Count} bookings");
        if (expected.Number is null || found is not [var actual])
        {
            if (expected.Number is not null && found.Count == 0)
                Lost.Add($"consultation {expected.Number}");
            return;
        }
        if ((int?)actual["number"] != expected.Number)
            Misdelivered.Add($"consultation {expected.Number} is {actual["number"]}");
        foreach (var mode in expected.Consents.Where(mode => (bool?)actual["consents"]?[mode]?["granted"] is not true))
            NotApplied.Add($"consent to {mode} of {expected.Number}");
        if (expected.Ended && (string?)actual["status"] is not ("ended" or "settled"))
            NotApplied.Add($"the end of {expected.Number}: {actual["status"]}");
        var recordings = actual["recordings"]!.AsArray();
        foreach (var ordinal in expected.Sealed)
        {
            if (recordings.Count(r => (int?)r!["ordinal"] == ordinal && (string?)r["status"] == "available") != 1)
                NotApplied.Add($"the seal of {expected.Number}-{ordinal}");
        }
        if (recordings.Count > expected.Uploads.Count && expected.Ended)
            Duplicated.Add($"recordings of {expected.Number}: {recordings.Count} for {expected.Uploads.Count}");
    }
}
