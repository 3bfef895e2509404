using System.Net;
using System.Net.Http.Headers;
using Replays.Api.Tests.Http;
using Replays.Cluster.Tests.Nodes;
using Xunit;

namespace Replays.Cluster.Tests.Load;

/// <summary>A replay that is going to be stopped.</summary>
internal sealed record StoppedReplay(string Patient, string Id)
{
    /// <summary>More than all the buffers between a node and a paused player hold.</summary>
    private const int MediaBytes = 16 << 20;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The patient's.</summary>
    public string Token { get; } = TestTokens.Patient(Patient);

    public string Name => $"patients/{Patient}/consultations/{Id.Split('-')[0]}/recordings/{Id.Split('-')[1]}";

    /// <summary>A consultation is carried through, and its video will be stopped.</summary>
    public static async Task<StoppedReplay> Record(IEnumerable<ProgramProcess> apis)
    {
        using var users = new LoadClient([.. apis.Select(api => api.Address)]);
        var promises = new ExpectedState($"p-{Guid.NewGuid():n}");
        var journey = new LoadScenario(users, promises, new Random(Settings.Seed), MediaBytes);
        await journey.Go();
        return new(promises.Patient, journey.Watched);
    }

    public PausedPlayer PlayAndPause(ProgramProcess api) => new(api.Address, $"/v1/me/replays/{Id}/media", Token);

    public async Task<HttpStatusCode> Get(ProgramProcess api, string what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Address, $"/v1/me/replays/{Id}{what}"));
        request.Headers.Authorization = new("Bearer", Token);
        request.Headers.Range = new RangeHeaderValue(0, 99);
        try
        {
            using var answer = await Http.SendAsync(request);
            return answer.StatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is IOException)
        {
            return 0; // cut off
        }
    }

    /// <summary>As an officer whom it was never shown to.</summary>
    /// <param name="api">The node that is asked.</param>
    /// <param name="what">The list, or one item.</param>
    public async Task<(HttpStatusCode Status, string Text)> Show(ProgramProcess api, string what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Address, $"/v1/patients/{Patient}/replays{what}"));
        request.Headers.Authorization = new("Bearer", TestTokens.For($"officer-{Guid.NewGuid():n}", "privacy-officer"));
        request.Headers.Add("Access-Reason", "test");
        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>As if it had never been: not in the list, no item, no media.</summary>
    public async Task IsRefused(ProgramProcess api)
    {
        using var users = new LoadClient([api.Address]);
        var list = await users.Ask(HttpStatusCode.OK, HttpMethod.Get, "/v1/me/replays", Token);
        Assert.DoesNotContain(list.Json["items"]!.AsArray(), item => (string?)item!["id"] == Id);
        await users.Ask(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/me/replays/{Id}", Token);
        await users.Ask(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/me/replays/{Id}/media", Token);
    }
}
