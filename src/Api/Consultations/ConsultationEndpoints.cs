using Replays.Grains.Consultations;
using Replays.Grains.Incidents;

namespace Replays.Api.Consultations;

/// <summary>Consultations as the app's backend drives them.</summary>
public static class ConsultationEndpoints
{
    public static void MapConsultations(this IEndpointRouteBuilder app)
    {
        var consultations = app.MapGroup("/v1/patients/{patient}/consultations").WithTags("Consultations");
        consultations.MapGet("/{number}", Get).RequireRoles(Roles.Scheduler, Roles.Recorder, Roles.Clinician)
            .WithSummary("Returns a consultation.").ProducesProblems(ProblemKind.NotFound);

        var scheduler = consultations.MapGroup("").RequireRoles(Roles.Scheduler);
        scheduler.MapPost("", Book).WithSummary("Books a consultation.").ProducesProblems(ProblemKind.IdempotencyKeyReused);
        var transitions = scheduler.MapGroup("/{number}").ProducesProblems(ProducedProblems.OfTransition);
        transitions.MapPost("/start", Start).WithSummary("Starts the call in a mode.");
        transitions.MapPost("/mode", SwitchMode).WithSummary("Switches the mode of a call in progress.")
            .ProducesProblems(ProblemKind.LimitReached);
        transitions.MapPost("/consent", Attest).WithSummary("Attests spoken consent, if this service accepts it.")
            .ProducesProblems(ProblemKind.AttestedConsentOff);
        transitions.MapPost("/end", End).WithSummary("Ends the call.");
        transitions.MapPost("/cancel", Cancel).WithSummary("Cancels a consultation that has not started.");
    }

    private static async Task<Results<Created<ConsultationView>, Problem>> Book(
        PatientPath patient, BookingRequest request, IdempotentRequest repeat, CurrentUser caller, IGrainFactory grains,
        CancellationToken cancellation)
    {
        var booked = await grains.Patient(patient.Id).Book(request.ToBooking(), repeat.Key, caller.As(Roles.Scheduler), cancellation);
        if (!booked.IsSuccess)
            return Problem.Of(booked.Error);
        // A repeated request gets the present state, which only the consultation has.
        var entry = booked.Value;
        var consultation = (repeat.Key is null ? null : await grains.Consultation(entry.Name).Get(cancellation))
            ?? new() { Name = entry.Name, Booking = entry.Booking, Status = entry.Status };
        return TypedResults.Created(RecordingPath.Of(entry.Name), ConsultationView.Of(consultation));
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Get(
        ConsultationPath path, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var consultation = await ReadRetry.WithRetry(() => grains.Consultation(path.Id).Get(cancellation));
        return consultation is not null && MaySee(caller, consultation)
            ? TypedResults.Ok(ConsultationView.Of(consultation))
            : Problem.NotFound;
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Start(
        ConsultationPath path, ModeRequest request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).Start(request.Mode, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> SwitchMode(
        ConsultationPath path, ModeRequest request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).SwitchMode(request.Mode, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> Attest(
        ConsultationPath path, AttestedConsentRequest request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).AttestConsent(
            request.Mode, request.Granted, request.AttestedBy, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> End(
        ConsultationPath path, EndRequest? request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var wrongPatient = request?.Reason is EndReason.WrongPatient;
        var ended = await grains.Consultation(path.Id).End(wrongPatient, caller.As(Roles.Scheduler), cancellation);
        if (ended.IsSuccess && wrongPatient)
            await grains.Incident(IncidentReport.WrongPatientId(path.Id)).ProcessPending(cancellation);
        return ended.ToOk(ConsultationView.Of);
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Cancel(
        ConsultationPath path, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).Cancel(caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static bool MaySee(CurrentUser caller, Consultation consultation) =>
        caller.Has(Roles.Scheduler) || caller.Has(Roles.Recorder) || consultation.Booking.Clinician.Id == caller.Subject;
}

/// <param name="Mode">The mode to start in or to switch to.</param>
public sealed record ModeRequest(ConsultationMode Mode);
