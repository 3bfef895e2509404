using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using static Replays.Api.Incidents.Regulator.RegulatorReports;

namespace Replays.Api.Incidents.Regulator;

/// <summary>The regulator report as a self-contained, printable HTML page.</summary>
internal sealed class RegulatorPage(RegulatorReport report) : IResult
{
    private const string Style =
        """
        body { font: 11pt/1.45 Georgia, serif; max-width: 52em; margin: 2em auto; padding: 0 1em; color: #111 }
        h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em; break-after: avoid }
        dt { font-weight: bold; margin-top: 1em; break-after: avoid }
        dd { margin: .2em 0 0 1.5em; white-space: pre-line; break-inside: avoid }
        small { color: #444; font-weight: normal } .open { color: #a00 }
        table { border-collapse: collapse; width: 100%; font-size: .85em }
        th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #bbb; padding: .25em .5em .25em 0 }
        tr { break-inside: avoid } thead { display: table-header-group } @page { margin: 2cm }
        """;

    private static readonly string ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
        + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style))) + "'";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.ContentType = $"{MediaTypeNames.Text.Html}; charset=utf-8";
        return response.WriteAsync("<!DOCTYPE html>\n" + Page().ToString(SaveOptions.DisableFormatting), httpContext.RequestAborted);
    }

    /// <summary>Built from elements, so that text is always encoded.</summary>
    private XElement Page() => new("html", new XAttribute("lang", "en"),
        new XElement("head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width")),
            new XElement("title", $"Personal data breach {report.Incident}"),
            new XElement("style", Style)),
        new XElement("body",
            new XElement("h1", "Notification of a personal data breach"),
            new XElement("p", $"Reference {report.Incident}. As of {Format(report.MadeAt)}. Aware since {Format(report.AwareAt)}"
                + (report.ReportDueAt is { } due ? $"; due by {Format(due)}." : "; no deadline.")),
            new XElement("p", new XElement("small", "People are pseudonymised: P for patients, S for staff and services.")),
            new XElement("h2", "Answers"),
            new XElement("dl", report.Answers.SelectMany(Answer)),
            new XElement("h2", "Exposure"),
            report.Exposures.Count == 0
                ? new XElement("p", "None of the recordings was shown to anyone.")
                : Table(["Recording", "To", "Entitled", "How", "First", "Last", "Bytes", "Seconds", "Times"], report.Exposures.Select(Row)),
            new XElement("h2", "Actions taken"),
            report.Steps.Count == 0
                ? new XElement("p", "None yet beyond the report itself.")
                : Table(["When", "What", "By"], report.Steps.Select(step => (string[])[Format(step.At), step.Kind, step.By]))));

    private static IEnumerable<XElement> Answer(RegulatorAnswer answer)
    {
        yield return new("dt", answer.Question, answer.Article is null ? null : new XElement("small", $" {answer.Article}"));
        yield return answer.Answer is null
            ? new("dd", new XAttribute("class", "open"), "Not known yet.")
            : new("dd", answer.Answer,
                answer.Source is AnswerSource.Evidence ? new XElement("small", " (from the service's records)") : null);
    }

    private static string[] Row(RegulatorExposure exposure) =>
    [
        exposure.Recording, $"{exposure.To} ({exposure.Role})", exposure.Entitled.ToString().ToLowerInvariant(),
        $"{exposure.Class.ToString().ToLowerInvariant()}: {string.Join(", ", exposure.Disclosed)}",
        Format(exposure.FirstAt), Format(exposure.LastAt),
        (exposure.AtMost ? "at most " : "") + exposure.BytesServed.ToString(CultureInfo.InvariantCulture),
        exposure.SecondsServed.ToString("0.###", CultureInfo.InvariantCulture), exposure.Times.ToString(CultureInfo.InvariantCulture),
    ];

    private static XElement Table(string[] headings, IEnumerable<string[]> rows) => new("table",
        new XElement("thead", new XElement("tr", headings.Select(heading => new XElement("th", heading)))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Select(cell => new XElement("td", cell))))));
}
