using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Replays.Api.Consultations;
using Replays.Api.Incidents.Regulator;
using Replays.Api.Json;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Incidents;
using Replays.Grains.Safeguards;
using Replays.Grains.StopList;

namespace Replays.Api.Incidents;

/// <summary>The privacy officer's incidents: what is due first, what is known, what is decided.</summary>
public static class IncidentEndpoints
{
    public static void MapIncidents(this IEndpointRouteBuilder app)
    {
        var incidents = app.MapGroup("/v1/incidents").WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer);
        incidents.MapGet("", List).WithSummary("Incidents: what is due first, first.");
        incidents.MapPost("", Open).WithSummary("Opens an incident and quarantines what it names.").ProducesProblems(ProblemKind.IdempotencyKeyReused);
        incidents.MapGet("/{id}", Get).WithSummary("An incident as it stands.").ProducesProblems(ProblemKind.NotFound);
        incidents.MapGet("/{id}/report", Regulator).WithSummary("The answers for the regulator, pseudonymised: JSON, or a page for text/html.")
            .Produces<RegulatorReport>().ProducesProblems(ProblemKind.NotFound);
        incidents.MapPatch("/{id}", Amend).WithSummary("Keeps the record: what the regulator's form asks. With If-Match only if nobody else changed it.")
            .ProducesProblems(ProblemKind.NotFound, ProblemKind.Changed, ProblemKind.LimitReached);
        incidents.MapPost("/{id}/recordings", Add).WithSummary("More recordings belong to it: they are quarantined.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.LimitReached]);
        incidents.MapPost("/{id}/resolve", Resolve).WithSummary("Its recordings are shown again, or out of reach for good.").ProducesProblems(ProducedProblems.OfTransition);
        incidents.MapPost("/{id}/approve", Approve).WithSummary("A second officer approves that the data keys of what was withdrawn are destroyed.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.SecondOfficerRequired, ProblemKind.LegalHold]);
    }

    private static async Task<Ok<Page<IncidentView>>> List(
        IIncidentLog log, IGrainFactory grains, [Range(1, 100)] int limit = 20, string? after = null, string? status = null,
        CancellationToken cancellation = default)
    {
        var logged = await log.List(IsOpen(status), limit, IncidentCursors.Parse(after), cancellation);
        var incidents = await Task.WhenAll(logged.Select(one => Known(grains, one, cancellation)));
        return TypedResults.Ok(new Page<IncidentView>(
            [.. incidents.Select(IncidentView.Of)], logged.Length == limit ? IncidentCursors.Of(logged[^1].Cursor) : null));
    }

    private static async Task<Results<Created<IncidentView>, Problem>> Open(
        OpenIncidentRequest request, IdempotentRequest repeat, CurrentUser caller, ReportService desk, CancellationToken cancellation)
    {
        var opened = await desk.Open(
            request.Reason, [.. request.Recordings.Distinct()], repeat.Key, caller.As(Roles.PrivacyOfficer), cancellation);
        return opened.IsSuccess
            ? TypedResults.Created($"/v1/incidents/{opened.Value.Report.Id}", IncidentView.Of(opened.Value))
            : Problem.Of(opened.Error);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> Get(IncidentPath path, HttpResponse response, IGrainFactory grains, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => grains.Incident(path.Id).Get(cancellation)) is { } incident
            ? Tagged(response, incident)
            : new Problem(ProblemKind.NotFound);

    private static async Task<IResult> Regulator(
        IncidentPath path, HttpRequest request, HttpResponse response, RegulatorReports reports, CancellationToken cancellation)
    {
        response.Headers.Vary = HeaderNames.Accept;
        if (await reports.Of(path.Id, cancellation) is not { } report)
            return new Problem(ProblemKind.NotFound);
        return WantsPage(request) ? new RegulatorPage(report) : TypedResults.Ok(report);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> Amend(
        IncidentPath path, AmendRequest request, CurrentUser caller, HttpContext http, IGrainFactory grains, TimeProvider time, CancellationToken cancellation)
    {
        if (request.AwareAt > time.GetUtcNow())
            return Problem.Invalid("awareAt", "This is in the future.");
        var amendment = new IncidentAmendment { Kind = request.Kind, AwareAt = request.AwareAt?.ToUniversalTime(), Record = request.Record };
        var amended = await grains.Incident(path.Id).Amend(amendment, Expected(http.Request), caller.As(Roles.PrivacyOfficer), cancellation);
        return amended.IsSuccess ? Tagged(http.Response, amended.Value) : Problem.Of(amended.Error);
    }

    private static async Task<Results<Ok<IncidentView>, Problem>> Add(
        IncidentPath path, AddRecordingsRequest request, CurrentUser caller, IStopList stops, IGrainFactory grains, CancellationToken cancellation) =>
        await Everywhere(stops, await grains.Incident(path.Id).AddRecordings(
            [.. request.Recordings.Distinct()], request.Reason ?? "added", caller.As(Roles.PrivacyOfficer), cancellation), cancellation);

    private static async Task<Results<Ok<IncidentView>, Problem>> Resolve(
        IncidentPath path, ResolveRequest request, CurrentUser caller, IStopList stops, IGrainFactory grains, CancellationToken cancellation) =>
        await Everywhere(stops, await grains.Incident(path.Id).Resolve(
            request.Outcome, request.Note, caller.As(Roles.PrivacyOfficer), cancellation), cancellation);

    private static async Task<Results<Ok<IncidentView>, Problem>> Approve(
        IncidentPath path, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Incident(path.Id).Approve(caller.As(Roles.PrivacyOfficer), cancellation)).ToOk(IncidentView.Of);

    /// <summary>The answer comes when the change is heeded by every process.</summary>
    private static async Task<Results<Ok<IncidentView>, Problem>> Everywhere(IStopList stops, Result<Incident> outcome, CancellationToken cancellation)
    {
        if (outcome.IsSuccess)
            await stops.WaitForPropagation(cancellation);
        return outcome.ToOk(IncidentView.Of);
    }

    /// <summary>One whose record can't be read keeps none of the others back: of it the list says what the log knows.</summary>
    private static async Task<Incident> Known(IGrainFactory grains, IncidentSummary logged, CancellationToken cancellation)
    {
        try
        {
            var incident = await ReadRetry.WithRetry(() => grains.Incident(logged.Report.Id).Get(cancellation));
            return (incident ?? logged.AsReported()) with { Recordings = logged.Recordings };
        }
        catch (OwnershipMismatchException)
        {
            return logged.AsReported();
        }
    }

    /// <summary>JSON, unless a page is asked for before it.</summary>
    private static bool WantsPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(range => range.Quality ?? 1)
            .FirstOrDefault(range => range.MediaType.Value is "text/html" or MediaTypeNames.Application.Json)?.MediaType.Value is "text/html";

    /// <returns>Only open ones, or only resolved ones; null: all.</returns>
    private static bool? IsOpen(string? status) => status is null ? null : KebabCaseEnum<IncidentStatus>.TryParse(status, out var only)
        ? only is IncidentStatus.Open
        : throw new ProblemException(Problem.Invalid("status", "open or resolved."));

    private static Ok<IncidentView> Tagged(HttpResponse response, Incident incident)
    {
        response.Headers.ETag = $"\"{incident.Version}\"";
        return TypedResults.Ok(IncidentView.Of(incident));
    }

    /// <returns>Null: whatever version there is.</returns>
    private static int? Expected(HttpRequest request) => request.GetTypedHeaders().IfMatch switch
    {
        [] => null,
        [var tag] when tag.Equals(EntityTagHeaderValue.Any) => null,
        [{ IsWeak: false } tag] when int.TryParse(tag.Tag.AsSpan().Trim('"'), out var version) => version,
        _ => -1, // a tag that was never given out
    };
}
