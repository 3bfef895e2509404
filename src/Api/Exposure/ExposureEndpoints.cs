using System.ComponentModel.DataAnnotations;
using Replays.Api.Json;
using Replays.Grains.AuditTrail;
using Replays.Grains.Exposure;

namespace Replays.Api.Exposure;

/// <summary>What was shown to whom: all of it for the privacy officer, and a patient's own replays for the patient.</summary>
public static class ExposureEndpoints
{
    public static void MapExposures(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/incidents/{id}/exposure", OfIncident).WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("Returns to whom an incident's recordings were listed, and who opened them.")
            .ProducesProblems(ProblemKind.NotFound);
        app.MapGet("/v1/principals/{sub}/exposures", OfPrincipal).WithTags("Incidents").RequireRoles(Roles.PrivacyOfficer)
            .WithSummary("Lists everything that one person was shown, ordered by recording.");
        app.MapGet("/v1/me/access-log", AccessLog).WithTags("My replays").RequireRoles(Roles.Patient)
            .WithSummary("Lists who was shown my replays, newest first.");
    }

    private static async Task<Results<Ok<IncidentExposureView>, Problem>> OfIncident(
        string id, ExposureReports reports, CancellationToken cancellation) =>
        await reports.OfIncident(id, cancellation) is { } exposure ? TypedResults.Ok(exposure) : Problem.NotFound;

    private static async Task<Ok<Page<RecordingExposureView>>> OfPrincipal(
        string sub, ExposureReports reports, [Range(1, 100)] int limit = 20, string? after = null, string? entitled = null,
        CancellationToken cancellation = default)
    {
        var (items, next) = await reports.OfPrincipal(sub, ParseEntitled(entitled), limit, ParseAfter(after), cancellation);
        return TypedResults.Ok(new Page<RecordingExposureView>(items, next?.Name));
    }

    private static async Task<Ok<Page<AccessView>>> AccessLog(
        CurrentPatient patient, IGrainFactory grains, [Range(1, 100)] int limit = 20, string? after = null,
        CancellationToken cancellation = default)
    {
        var before = Cursor.DecodeTrail(after);
        var slice = await ReadRetry.WithRetry(() => grains.AuditTrail(patient.Patient).Read(limit, before, "access.", cancellation));
        var accesses = slice.Items.Select(item => AccessView.Of(item, patient.Patient)).OfType<AccessView>();
        return TypedResults.Ok(new Page<AccessView>([.. accesses], Cursor.EncodeTrail(slice.Next)));
    }

    /// <returns>Null for all.</returns>
    private static Entitlement? ParseEntitled(string? entitled) => entitled is null ? null
        : KebabCaseEnum<Entitlement>.TryParse(entitled, out var entitlement) ? entitlement
        : throw new ProblemException(Problem.Invalid("entitled", "Use yes, no or unknown."));

    private static RecordingId? ParseAfter(string? after) => after is null ? null
        : RecordingId.TryParseName(after, out var recording) ? recording
        : throw Cursor.Invalid();
}
