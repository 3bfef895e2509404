using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Replays.Api.Incidents.Regulator;

/// <summary>The report as a page that reads and prints well, and needs nothing else.</summary>
internal sealed class RegulatorPage(RegulatorReport report) : IResult
{
    private const string Style =
        """
        body { font: 11pt/1.45 Georgia, serif; max-width: 52em; margin: 2em auto; padding: 0 1em; color: #111 }
        h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em; break-after: avoid }
        dt { font-weight: bold; margin-top: 1em; break-after: avoid } dd { margin: .2em 0 0 1.5em; white-space: pre-line; break-inside: avoid }
        small { color: #444; font-weight: normal } .open { color: #a00 }
        table { border-collapse: collapse; width: 100%; font-size: .85em } th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #bbb; padding: .25em .5em .25em 0 }
        tr { break-inside: avoid } thead { display: table-header-group } @page { margin: 2cm }
        """;

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ContentSecurityPolicy = Policy;
        httpContext.Response.ContentType = $"{MediaTypeNames.Text.Html}; charset=utf-8";
        return httpContext.Response.WriteAsync("<!DOCTYPE html>\n" + Page().ToString(SaveOptions.DisableFormatting), httpContext.RequestAborted);
    }

    /// <summary>Made of elements, so that no text of anybody becomes markup.</summary>
    private XElement Page() => new("html", new XAttribute("lang", "en"),
        new XElement("head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width")),
            new XElement("title", $"Personal data breach {report.Incident}"),
            new XElement("style", Style)),
        new XElement("body",
            new XElement("h1", "Notification of a personal data breach"),
            new XElement("p", $"Reference {report.Incident}. As known at {At(report.MadeAt)}. Aware since {At(report.AwareAt)}"
                + (report.ReportDueAt is { } due ? $"; due {At(due)}." : "; no deadline.")),
            new XElement("p", new XElement("small", "People are named by pseudonyms: P for patients, S for staff and services.")),
            new XElement("h2", "Answers"),
            new XElement("dl", report.Answers.SelectMany(Answer)),
            new XElement("h2", "Who was shown what"),
            report.Exposures.Count == 0
                ? new XElement("p", "Nobody was shown any of the recordings.")
                : Table(["Recording", "To", "Entitled", "How", "First", "Last", "Bytes", "Seconds", "Times"], report.Exposures.Select(Row)),
            new XElement("h2", "What was done"),
            report.Steps.Count == 0
                ? new XElement("p", "Nothing beyond the report itself yet.")
                : Table(["When", "What", "By"], report.Steps.Select(step => (string[])[At(step.At), step.Kind, step.By]))));

    private static IEnumerable<XElement> Answer(RegulatorAnswer one)
    {
        yield return new("dt", one.Question, one.Article is null ? null : new XElement("small", $" {one.Article}"));
        yield return one.Answer is null
            ? new("dd", new XAttribute("class", "open"), "Not known yet.")
            : new("dd", one.Answer, one.Source is AnswerSource.Evidence ? new XElement("small", " (from the service's records)") : null);
    }

    private static string[] Row(RegulatorExposure shown) =>
    [
        shown.Recording, $"{shown.To} ({shown.Role})", shown.Entitled.ToString().ToLowerInvariant(),
        $"{shown.Class.ToString().ToLowerInvariant()}: {string.Join(", ", shown.Disclosed)}", At(shown.FirstAt), At(shown.LastAt),
        (shown.AtMost ? "at most " : "") + shown.BytesServed.ToString(CultureInfo.InvariantCulture),
        shown.SecondsServed.ToString("0.###", CultureInfo.InvariantCulture), shown.Times.ToString(CultureInfo.InvariantCulture),
    ];

    private static XElement Table(string[] heads, IEnumerable<string[]> rows) => new("table",
        new XElement("thead", new XElement("tr", heads.Select(head => new XElement("th", head)))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Select(cell => new XElement("td", cell))))));

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
