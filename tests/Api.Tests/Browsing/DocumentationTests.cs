using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Browsing;

public sealed class DocumentationTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task Documentation_shows_the_contract_and_loads_nothing_from_elsewhere()
    {
        await using var chromium = await Chromium.Start();
        var tab = await chromium.NewTab();
        ConcurrentQueue<string> asked = [], complaints = [];
        tab.Request += (_, request) => asked.Enqueue(request.Url);
        tab.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Enqueue(message.Text);
        };
        tab.PageError += (_, error) => complaints.Enqueue(error);

        await tab.GotoAsync($"{embedded.Api.Program.Address}docs");
        await tab.GetByText("/v1/me/replays").First.WaitForAsync();

        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal)), url =>
            Assert.StartsWith(embedded.Api.Program.Address.ToString(), url));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Security_txt_says_where_to_tell_and_until_when_it_holds()
    {
        using var answer = await embedded.Api.Send(HttpMethod.Get, "/.well-known/security.txt", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        var fields = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToDictionary(field => field[0], field => field[1]);
        Assert.Equal("mailto:security@localhost", fields["Contact"]);
        Assert.InRange(DateTimeOffset.Parse(fields["Expires"], CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddDays(30), DateTimeOffset.UtcNow.AddYears(1));
    }
}
