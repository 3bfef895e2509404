using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Browser;

public sealed class DocumentationTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task The_documentation_page_shows_the_contract_and_loads_nothing_from_other_hosts()
    {
        await using var chromium = await Chromium.Start();
        var tab = await chromium.NewTab();
        ConcurrentQueue<string> requests = [], errors = [];
        tab.Request += (_, request) => requests.Enqueue(request.Url);
        tab.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Enqueue(message.Text);
        };
        tab.PageError += (_, error) => errors.Enqueue(error);

        await tab.GotoAsync($"{embedded.Api.Program.Address}docs");
        await tab.GetByText("/v1/me/replays").First.WaitForAsync();

        var remote = requests.Where(url =>
            !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal));
        Assert.All(remote, url => Assert.StartsWith(embedded.Api.Program.Address.ToString(), url));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Security_txt_has_a_contact_and_an_expiry_date()
    {
        using var response = await embedded.Api.Send(HttpMethod.Get, "/.well-known/security.txt", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        var fields = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2))
            .ToDictionary(field => field[0], field => field[1]);
        Assert.Equal("mailto:security@localhost", fields["Contact"]);
        var expires = DateTimeOffset.Parse(fields["Expires"], CultureInfo.InvariantCulture);
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddDays(30), DateTimeOffset.UtcNow.AddYears(1));
    }
}
