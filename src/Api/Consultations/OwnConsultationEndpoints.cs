using System.ComponentModel.DataAnnotations;

namespace Replays.Api.Consultations;

/// <summary>The patient's own consultations. No path contains a patient id.</summary>
public static class OwnConsultationEndpoints
{
    public static void MapOwnConsultations(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/v1/me/consultations").WithTags("My consultations").RequireRoles(Roles.Patient);
        own.MapGet("", List).WithSummary("Lists my consultations, newest first.");
        own.MapGet("/{number}", Get).WithSummary("Returns one of my consultations.").ProducesProblems(ProblemKind.NotFound);
        own.MapPost("/{number}/join", Join).WithSummary("Records that I have joined the call.")
            .ProducesProblems(ProducedProblems.OfTransition);
        own.MapPost("/{number}/consent", Consent).WithSummary("Gives or withdraws my consent to be recorded in a mode.")
            .ProducesProblems(ProducedProblems.OfTransition);
    }

    private static async Task<Ok<Page<ConsultationSummary>>> List(
        CurrentPatient patient, IGrainFactory grains, [Range(1, 100)] int limit = 20, string? after = null,
        CancellationToken cancellation = default)
    {
        var position = Cursor.Decode(after);
        var slice = await ReadRetry.WithRetry(() => grains.Patient(patient.Patient).ListConsultations(limit, position, cancellation));
        return TypedResults.Ok(new Page<ConsultationSummary>([.. slice.Items.Select(ConsultationSummary.Of)], Cursor.Encode(slice.Next)));
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Get(
        OwnConsultation own, IGrainFactory grains, CancellationToken cancellation) =>
        await ReadRetry.WithRetry(() => grains.Consultation(own.Id).Get(cancellation)) is { } consultation
            ? TypedResults.Ok(ConsultationView.Of(consultation))
            : Problem.NotFound;

    private static async Task<Results<Ok<PresenceView>, Problem>> Join(
        OwnConsultation own, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(own.Id).Join(own.By, cancellation)).ToOk(presence => new PresenceView(presence));

    private static async Task<Results<Ok<ConsultationView>, Problem>> Consent(
        OwnConsultation own, ConsentRequest request, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(own.Id).SetConsent(request.Mode, request.Granted, own.By, cancellation)).ToOk(ConsultationView.Of);
}

/// <param name="Presence">The secret that the patient's app passes to the recorder through the call's room.</param>
public sealed record PresenceView(string Presence);
