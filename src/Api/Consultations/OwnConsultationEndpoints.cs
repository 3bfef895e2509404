using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains.Identity;

namespace Replays.Api.Consultations;

/// <summary>The patient's own consultations. No patient id is taken anywhere.</summary>
public static class OwnConsultationEndpoints
{
    public static void MapOwnConsultations(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me/consultations").WithTags("My consultations").RequireRoles(Roles.Patient);
        own.MapGet("", List).WithSummary("My consultations, newest first.");
        own.MapGet("/{number}", Get).WithSummary("One of my consultations.").ProducesProblems(ProblemKind.NotFound);
        own.MapPost("/{number}/join", Join).WithSummary("I am in the call.").ProducesProblems(ProducedProblems.OfTransition);
        own.MapPost("/{number}/consent", Consent).WithSummary("I consent to be recorded in a mode, or withdraw that.").ProducesProblems(ProducedProblems.OfTransition);
    }

    private static async Task<Ok<Page<ConsultationSummary>>> List(
        CurrentPatient reader, IGrainFactory grains, [Range(1, 100)] int limit = 20, string? after = null, CancellationToken cancellation = default)
    {
        var place = Cursor.Parse(after);
        var extract = await ReadRetry.WithRetry(() => grains.Patient(reader.Patient).ListConsultations(limit, place, cancellation));
        return TypedResults.Ok(new Page<ConsultationSummary>([.. extract.Items.Select(ConsultationSummary.Of)], Cursor.Of(extract.Next)));
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Get(OwnConsultation own, IGrainFactory grains, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => grains.Consultation(own.Id).Get(cancellation)) is { } consultation
            ? TypedResults.Ok(ConsultationView.Of(consultation))
            : new Problem(ProblemKind.NotFound);

    private static async Task<Results<Ok<PresenceView>, Problem>> Join(OwnConsultation own, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(own.Id).Join(own.By, cancellation)).ToOk(presence => new PresenceView(presence));

    private static async Task<Results<Ok<ConsultationView>, Problem>> Consent(
        OwnConsultation own, ConsentRequest request, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(own.Id).SetConsent(request.Mode, request.Granted, own.By, cancellation)).ToOk(ConsultationView.Of);
}
