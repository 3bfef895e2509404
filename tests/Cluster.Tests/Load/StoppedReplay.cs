using System.Net;
using System.Net.Http.Headers;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>A replay that the test puts on the stop list.</summary>
internal sealed record StoppedReplay(string Patient, string Id)
{
    /// <summary>More than the buffers between a node and a paused player hold together.</summary>
    private const int MediaBytes = 16 << 20;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The patient's access token.</summary>
    public string Token { get; } = TestTokens.Patient(Patient);

    public string Name => $"patients/{Patient}/consultations/{Id.Split('-')[0]}/recordings/{Id.Split('-')[1]}";

    public static async Task<StoppedReplay> Record(IEnumerable<ProgramProcess> apis)
    {
        using var client = new LoadClient([.. apis.Select(api => api.Address)]);
        var expected = new ExpectedState($"p-{Guid.NewGuid():n}");
        var scenario = new LoadScenario(client, expected, new Random(Settings.Seed), MediaBytes);
        await scenario.Run();
        return new(expected.Patient, scenario.VideoReplayId);
    }

    public PausedPlayer PlayAndPause(ProgramProcess api) => new(api.Address, $"/v1/me/replays/{Id}/media", Token);

    /// <returns>The status; 0 if the node aborted the connection.</returns>
    public async Task<HttpStatusCode> Get(ProgramProcess api, string subresource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Address, $"/v1/me/replays/{Id}{subresource}"));
        request.Headers.Authorization = new("Bearer", Token);
        request.Headers.Range = new RangeHeaderValue(0, 99);
        try
        {
            using var response = await Http.SendAsync(request);
            return response.StatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is IOException)
        {
            return 0;
        }
    }

    /// <summary>Reads the patient's list, or one item, as an officer to whom it was never listed before.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsNewOfficer(ProgramProcess api, string item)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Address, $"/v1/patients/{Patient}/replays{item}"));
        request.Headers.Authorization = new("Bearer", TestTokens.For($"officer-{Guid.NewGuid():n}", "privacy-officer"));
        request.Headers.Add("Access-Reason", "test");
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asserts that the node answers as if the replay had never existed.</summary>
    public async Task AssertNotFound(ProgramProcess api)
    {
        using var client = new LoadClient([api.Address]);
        var list = await client.Send(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays", Token);
        Assert.DoesNotContain(list.Json["items"]!.AsArray(), item => (string?)item!["id"] == Id);
        await client.Send(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/me/replays/{Id}", Token);
        await client.Send(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/me/replays/{Id}/media", Token);
    }
}
