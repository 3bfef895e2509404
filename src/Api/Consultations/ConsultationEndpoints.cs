using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Consultations;

/// <summary>The life of a consultation, as the app's backend drives it.</summary>
public static class ConsultationEndpoints
{
    public static void MapConsultations(this IEndpointRouteBuilder app)
    {
        var consultations = app.MapGroup("/v1/patients/{patient}/consultations").WithTags("Consultations");
        consultations.MapPost("", Book).RequireRoles(Roles.Scheduler).WithSummary("Books a consultation.").ProducesProblems(ProblemKind.IdempotencyKeyReused);
        consultations.MapGet("/{number}", Get).RequireRoles(Roles.Scheduler, Roles.Recorder, Roles.Clinician).WithSummary("The consultation as it stands.")
            .ProducesProblems(ProblemKind.NotFound);
        consultations.MapPost("/{number}/start", Start).RequireRoles(Roles.Scheduler).WithSummary("Begins the call in a mode.").ProducesProblems(ProducedProblems.OfTransition);
        consultations.MapPost("/{number}/mode", SwitchMode).RequireRoles(Roles.Scheduler).WithSummary("Switches the mode of a call in progress.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.LimitReached]);
        consultations.MapPost("/{number}/consent", Attest).RequireRoles(Roles.Scheduler).WithSummary("Attests spoken consent, where that is allowed.")
            .ProducesProblems([.. ProducedProblems.OfTransition, ProblemKind.AttestedConsentOff]);
        consultations.MapPost("/{number}/end", End).RequireRoles(Roles.Scheduler).WithSummary("Ends the call.").ProducesProblems(ProducedProblems.OfTransition);
        consultations.MapPost("/{number}/cancel", Cancel).RequireRoles(Roles.Scheduler).WithSummary("Cancels what was only booked.").ProducesProblems(ProducedProblems.OfTransition);
    }

    private static async Task<Results<Created<ConsultationView>, Problem>> Book(
        PatientPath patient, BookingRequest request, IdempotentRequest repeat, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var booked = await grains.Patient(patient.Id).Book(request.ToBooking(), repeat.Key, caller.As(Roles.Scheduler), cancellation);
        if (!booked.IsSuccess)
            return Problem.Of(booked.Error);
        // It may be a repetition: that is answered with the present state, which the consultation knows.
        var name = booked.Value.Name;
        var consultation = repeat.Key is null ? null : await grains.Consultation(name).Get(cancellation);
        return TypedResults.Created(
            RecordingPath.Of(name), ConsultationView.Of(consultation ?? new() { Name = name, Booking = booked.Value.Booking, Status = booked.Value.Status }));
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Get(
        ConsultationPath path, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var consultation = await ReadRetry.WithRetry(() => grains.Consultation(path.Id).Get(cancellation));
        return consultation is not null && MaySee(caller, consultation) ? TypedResults.Ok(ConsultationView.Of(consultation)) : new Problem(ProblemKind.NotFound);
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
