using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;

namespace Replays.Api.AuditTrail;

/// <summary>A patient's audit trail, to the officer.</summary>
public static class TrailEndpoints
{
    public static void MapTrails(this IEndpointRouteBuilder app)
    {
        var trail = app.MapGroup("/v1/patients/{patient}/audit-trail").WithTags("Audit").RequireRoles(Roles.PrivacyOfficer);
        trail.MapGet("", Read).WithSummary("All that happened to a patient's data, newest first.");
        trail.MapPost("/verify", Verify).WithSummary("Whether the trail is as it was written; names the first entry that is not.");
    }

    private static async Task<Ok<Page<TrailEntryView>>> Read(
        PatientPath path, IGrainFactory grains, [Range(1, 200)] int limit = 50, string? after = null, CancellationToken cancellation = default)
    {
        var before = Place(after);
        var extract = await ReadRetry.WithRetry(() => grains.AuditTrail(path.Id).Read(limit, before, null, cancellation));
        return TypedResults.Ok(new Page<TrailEntryView>(
            [.. extract.Items.Select(TrailEntryView.Of)], extract.Next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Ok<TrailState>> Verify(
        PatientPath path, IGrainFactory grains, IIncidentLog log, TimeProvider time, CancellationToken cancellation)
    {
        var check = await grains.VerifyTrail(path.Id, cancellation);
        if (!check.IsIntact)
        {
            var report = IncidentReport.ForBrokenTrail(path.Id, check.FirstBroken, time.GetUtcNow());
            await log.RecordOccurrence(report, 1, cancellation);
            await grains.Incident(report.Id).ProcessPending(cancellation);
        }
        return TypedResults.Ok(new TrailState(check.Entries, check.IsIntact, check.FirstBroken));
    }

    private static long? Place(string? after) => after is null ? null
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place > 0 ? place
        : throw new ProblemException(Problem.Invalid("after", "This is no cursor of this list."));
}

/// <summary>One entry of a trail.</summary>
/// <param name="Number">1, 2, 3 … in the order of appending.</param>
/// <param name="RecordedAt">When it was appended.</param>
/// <param name="At">When it happened; null, as all that follows, once erased.</param>
/// <param name="Kind">What happened: <c>consultation.booked</c>.</param>
/// <param name="By">Who did it.</param>
/// <param name="Subject">The full name of what it happened to.</param>
/// <param name="Detail">What there is to say beyond that.</param>
public sealed record TrailEntryView(
    long Number, DateTimeOffset RecordedAt, DateTimeOffset? At, string? Kind, Actor? By, string? Subject, string? Detail)
{
    public static TrailEntryView Of(TrailItem item) => new(
        item.Number, item.RecordedAt, item.Entry?.At, item.Entry?.Kind, item.Entry?.By, item.Entry?.Subject, item.Entry?.Detail);
}

/// <summary>What a verification found.</summary>
/// <param name="Entries">Entries that are as they were written, from the first on.</param>
/// <param name="Intact">All are, and none is missing.</param>
/// <param name="FirstBroken">The number of the first that was changed, removed, reordered or inserted.</param>
public sealed record TrailState(long Entries, bool Intact, long? FirstBroken);
