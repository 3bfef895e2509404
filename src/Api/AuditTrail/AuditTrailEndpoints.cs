using System.ComponentModel.DataAnnotations;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;

namespace Replays.Api.AuditTrail;

/// <summary>The audit trail of a patient, for the privacy officer.</summary>
public static class AuditTrailEndpoints
{
    public static void MapAuditTrails(this IEndpointRouteBuilder app)
    {
        var trail = app.MapGroup("/v1/patients/{patient}/audit-trail").WithTags("Audit trail").RequireRoles(Roles.PrivacyOfficer);
        trail.MapGet("", Read).WithSummary("Lists everything that happened to a patient's data, newest first.");
        trail.MapPost("/verify", Verify).WithSummary("Verifies the hash chain of the audit trail and returns the first broken entry.");
    }

    private static async Task<Ok<Page<TrailEntryView>>> Read(
        PatientPath path, IGrainFactory grains, [Range(1, 200)] int limit = 50, string? after = null,
        CancellationToken cancellation = default)
    {
        var before = Cursor.DecodeTrail(after);
        var slice = await ReadRetry.WithRetry(() => grains.AuditTrail(path.Id).Read(limit, before, null, cancellation));
        return TypedResults.Ok(new Page<TrailEntryView>([.. slice.Items.Select(TrailEntryView.Of)], Cursor.EncodeTrail(slice.Next)));
    }

    private static async Task<Ok<TrailState>> Verify(
        PatientPath path, IGrainFactory grains, IIncidentLog log, TimeProvider time, CancellationToken cancellation)
    {
        var verified = await grains.VerifyTrail(path.Id, cancellation);
        if (!verified.IsIntact)
        {
            var report = IncidentReport.ForBrokenTrail(path.Id, verified.FirstBroken, time.GetUtcNow());
            await log.RecordOccurrence(report, 1, cancellation);
            await grains.Incident(report.Id).ProcessPending(cancellation);
        }
        return TypedResults.Ok(new TrailState(verified.Entries, verified.IsIntact, verified.FirstBroken));
    }
}

/// <param name="Number">1, 2, 3 … in the order of appending.</param>
/// <param name="At">When the event happened; null, like all that follow, after an erasure.</param>
/// <param name="Kind">The event, such as <c>consultation.booked</c>.</param>
/// <param name="Subject">The full name of the affected resource.</param>
public sealed record TrailEntryView(
    long Number, DateTimeOffset RecordedAt, DateTimeOffset? At, string? Kind, Actor? By, string? Subject, string? Detail)
{
    public static TrailEntryView Of(TrailItem item) => new(
        item.Number, item.RecordedAt, item.Entry?.At, item.Entry?.Kind, item.Entry?.By, item.Entry?.Subject, item.Entry?.Detail);
}

/// <param name="Entries">How many entries, from the first on, are unchanged.</param>
/// <param name="FirstBroken">The number of the first entry that was changed, removed, reordered or inserted.</param>
public sealed record TrailState(long Entries, bool Intact, long? FirstBroken);
