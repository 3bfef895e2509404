using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Replays.Api.Incidents.Regulator;
using Replays.Api.Json;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;

namespace Replays.Api.Incidents;

/// <summary>Incidents as the privacy officer handles them.</summary>
public static class IncidentEndpoints
{
    public static void MapIncidents(this IEndpointRouteBuilder app)
    {
        var incidents = app.MapGroup("/v1/incidents").WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer);
        incidents.MapGet("", List).WithSummary("Lists incidents, those with the earliest deadline first.");
        incidents.MapPost("", Open).WithSummary("Opens an incident and quarantines its recordings.")
            .ProducesProblems(ProblemKind.IdempotencyKeyReused);
        incidents.MapGet("/{id}", Get).WithSummary("Returns an incident.").ProducesProblems(ProblemKind.NotFound);
        incidents.MapGet("/{id}/report", GetRegulatorReport)
            .WithSummary("Returns the pseudonymised report for the regulator, as JSON or, for text/html, as a page.")
            .Produces<RegulatorReport>().ProducesProblems(ProblemKind.NotFound);
        incidents.MapPatch("/{id}", Amend)
            .WithSummary("Updates the record that the regulator asks for. Send If-Match to avoid overwriting someone else's changes.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.VersionConflict, ProblemKind.LimitReached);
        incidents.MapPost("/{id}/recordings", AddRecordings).WithSummary("Adds recordings to an incident and quarantines them.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.LimitReached]);
        incidents.MapPost("/{id}/resolve", Resolve).WithSummary("Resolves an incident: its recordings are restored or withdrawn.")
            .ProducesProblems(ProducedProblems.OfTransition);
        incidents.MapPost("/{id}/approve", Approve)
            .WithSummary("Approves, as a second officer, the destruction of the data keys of withdrawn recordings.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.SecondOfficerRequired, ProblemKind.LegalHold]);
    }

    private static async Task<Ok<Page<IncidentView>>> List(
        IIncidentLog log, IGrainFactory grains, [Range(1, 100)] int limit = 20, string? after = null, string? status = null,
        CancellationToken cancellation = default)
    {
        var summaries = await log.List(ParseIsOpen(status), limit, IncidentCursors.Decode(after), cancellation);
        var incidents = await Task.WhenAll(summaries.Select(summary => Load(grains, summary, cancellation)));
        var next = summaries.Length == limit ? IncidentCursors.Encode(summaries[^1].Cursor) : null;
        return TypedResults.Ok(new Page<IncidentView>([.. incidents.Select(IncidentView.Of)], next));
    }

    private static async Task<Results<Created<IncidentView>, Problem>> Open(
        OpenIncidentRequest request, IdempotentRequest repeat, CurrentUser caller, ReportService reports, CancellationToken cancellation)
    {
        var opened = await reports.Open(
            request.Reason, [.. request.Recordings.Distinct()], repeat.Key, caller.As(Roles.PrivacyOfficer), cancellation);
        return opened.IsSuccess
            ? TypedResults.Created($"/v1/incidents/{opened.Value.Report.Id}", IncidentView.Of(opened.Value))
            : Problem.Of(opened.Error);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> Get(
        IncidentPath path, HttpResponse response, IGrainFactory grains, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => grains.Incident(path.Id).Get(cancellation)) is { } incident
            ? OkWithETag(response, incident)
            : Problem.NotFound;

    private static async Task<IResult> GetRegulatorReport(
        IncidentPath path, HttpRequest request, HttpResponse response, RegulatorReports reports, CancellationToken cancellation)
    {
        response.Headers.Vary = HeaderNames.Accept;
        if (await reports.Of(path.Id, cancellation) is not { } report)
            return Problem.NotFound;
        return PrefersHtml(request) ? new RegulatorPage(report) : TypedResults.Ok(report);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> Amend(
        IncidentPath path, AmendRequest request, CurrentUser caller, HttpContext http, IGrainFactory grains, TimeProvider time,
        CancellationToken cancellation)
    {
        if (request.AwareAt > time.GetUtcNow())
            return Problem.Invalid("awareAt", "The time must not be in the future.");
        var amended = await grains.Incident(path.Id).Amend(
            new() { Kind = request.Kind, AwareAt = request.AwareAt?.ToUniversalTime(), Record = request.Record },
            ParseExpectedVersion(http.Request), caller.As(Roles.PrivacyOfficer), cancellation);
        return amended.IsSuccess ? OkWithETag(http.Response, amended.Value) : Problem.Of(amended.Error);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> AddRecordings(
        IncidentPath path, AddRecordingsRequest request, CurrentUser caller, IStopList stops, IGrainFactory grains,
        CancellationToken cancellation) =>
        await ToOkAfterPropagation(stops, await grains.Incident(path.Id).AddRecordings(
            [.. request.Recordings.Distinct()], request.Reason ?? "added", caller.As(Roles.PrivacyOfficer), cancellation), cancellation);

    private static async Task<Results<Ok<IncidentView>, Problem>> Resolve(
        IncidentPath path, ResolveRequest request, CurrentUser caller, IStopList stops, IGrainFactory grains,
        CancellationToken cancellation) =>
        await ToOkAfterPropagation(stops, await grains.Incident(path.Id).Resolve(
            request.Outcome, request.Note, caller.As(Roles.PrivacyOfficer), cancellation), cancellation);

    private static async Task<Results<Ok<IncidentView>, Problem>> Approve(
        IncidentPath path, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Incident(path.Id).Approve(caller.As(Roles.PrivacyOfficer), cancellation)).ToOk(IncidentView.Of);

    private static async Task<Results<Ok<IncidentView>, Problem>> ToOkAfterPropagation(
        IStopList stops, Result<Incident> result, CancellationToken cancellation)
    {
        if (result.IsSuccess)
            await stops.WaitForPropagation(cancellation);
        return result.ToOk(IncidentView.Of);
    }

    /// <summary>Falls back to the log, so that one unreadable record does not make the whole list unavailable.</summary>
    private static async Task<Incident> Load(IGrainFactory grains, IncidentSummary summary, CancellationToken cancellation)
    {
        try
        {
            var incident = await ReadRetry.WithRetry(() => grains.Incident(summary.Report.Id).Get(cancellation));
            return (incident ?? summary.AsReported()) with { Recordings = summary.Recordings };
        }
        catch (OwnershipMismatchException)
        {
            return summary.AsReported();
        }
    }

    /// <summary>Whether the Accept header prefers HTML to JSON.</summary>
    private static bool PrefersHtml(HttpRequest request) => request.GetTypedHeaders().Accept
        .OrderByDescending(range => range.Quality ?? 1)
        .Select(range => range.MediaType.Value)
        .FirstOrDefault(type => type is MediaTypeNames.Text.Html or MediaTypeNames.Application.Json) is MediaTypeNames.Text.Html;

    /// <returns>Null for all incidents.</returns>
    private static bool? ParseIsOpen(string? status) => status is null ? null
        : KebabCaseEnum<IncidentStatus>.TryParse(status, out var parsed) ? parsed is IncidentStatus.Open
        : throw new ProblemException(Problem.Invalid("status", "Use open or resolved."));

    private static Ok<IncidentView> OkWithETag(HttpResponse response, Incident incident)
    {
        response.Headers.ETag = $"\"{incident.Version}\"";
        return TypedResults.Ok(IncidentView.Of(incident));
    }

    /// <returns>Null for any version; -1, which matches none, for a tag that this service did not issue.</returns>
    private static int? ParseExpectedVersion(HttpRequest request) => request.GetTypedHeaders().IfMatch switch
    {
        [] => null,
        [var tag] when tag.Equals(EntityTagHeaderValue.Any) => null,
        [{ IsWeak: false } tag] when int.TryParse(tag.Tag.AsSpan().Trim('"'), out var version) => version,
        _ => -1,
    };
}
