using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Replays.Api.Json;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains.AuditTrail;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;

namespace Replays.Api.Exposure;

/// <summary>Who was shown what: to the officer all of it, to a patient what concerns their own replays.</summary>
public static class ExposureEndpoints
{
    private const int DefaultLimit = 20;

    public static void MapExposures(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/incidents/{id}/exposure", OfIncident).WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("To whom an incident's recordings were listed, and who opened them.").ProducesProblems(ProblemKind.NotFound);
        app.MapGet("/v1/principals/{sub}/exposures", OfPrincipal).WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("What one person was shown, in order of recording.");
        app.MapGet("/v1/me/access-log", AccessLog).WithTags("My replays").RequireRoles(Roles.Patient)
            .WithSummary("Who was shown my replays, newest first.");
    }

    private static async Task<Results<Ok<IncidentExposureView>, Problem>> OfIncident(
        string id, ExposureReports reports, CancellationToken cancellation) =>
        await reports.OfIncident(id, cancellation) is { } exposure ? TypedResults.Ok(exposure) : new Problem(ProblemKind.NotFound);

    private static async Task<Ok<Page<RecordingExposureView>>> OfPrincipal(
        string sub, [AsParameters] ExposureFilter filter, ExposureReports reports, CancellationToken cancellation)
    {
        var (items, next) = await reports.OfPrincipal(sub, filter.ToEntitlement(), filter.Limit ?? DefaultLimit, filter.ToPlace(), cancellation);
        return TypedResults.Ok(new Page<RecordingExposureView>(items, next?.Name));
    }

    private static async Task<Ok<Page<AccessView>>> AccessLog(
        CurrentPatient reader, [AsParameters] AccessFilter filter, IGrainFactory grains, CancellationToken cancellation)
    {
        var before = filter.ToPlace();
        var extract = await ReadRetry.WithRetry(() => grains.AuditTrail(reader.Patient).Read(filter.Limit ?? DefaultLimit, before, "access.", cancellation));
        return TypedResults.Ok(new Page<AccessView>([.. extract.Items.Select(item => AccessView.Of(item, reader.Patient)).OfType<AccessView>()],
            extract.Next?.ToString(CultureInfo.InvariantCulture)));
    }
}

/// <summary>Which exposures of a principal.</summary>
public sealed record ExposureFilter
{
    /// <summary>At most so many recordings: 1 to 100, 20 if not said.</summary>
    [Range(1, 100), DefaultValue(20), FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    /// <summary>Only those: <c>yes</c>, <c>no</c> or <c>unknown</c>.</summary>
    [FromQuery(Name = "entitled")]
    public string? Entitled { get; init; }

    internal Entitlement? ToEntitlement() => Entitled is null ? null : KebabCaseEnum<Entitlement>.TryParse(Entitled, out var judged)
        ? judged
        : throw new ProblemException(Problem.Invalid("entitled", "yes, no or unknown."));

    internal RecordingId? ToPlace() => After is null ? null : RecordingId.TryParseName(After, out var place)
        ? place
        : throw new ProblemException(Problem.Invalid("after", "This is no cursor of this list."));
}

/// <summary>Which part of the access log.</summary>
public sealed record AccessFilter
{
    /// <summary>At most so many: 1 to 100, 20 if not said.</summary>
    [Range(1, 100), DefaultValue(20), FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    internal long? ToPlace() => After is null ? null : long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place > 0
        ? place
        : throw new ProblemException(Problem.Invalid("after", "This is no cursor of this list."));
}
