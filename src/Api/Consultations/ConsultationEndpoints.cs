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
        consultations.MapPost("", Book).For(Roles.Scheduler).WithSummary("Books a consultation.").Refuses(ProblemKind.IdempotencyKeyReused);
        consultations.MapGet("/{number}", Get).For(Roles.Scheduler, Roles.Recorder, Roles.Clinician).WithSummary("The consultation as it stands.")
            .Refuses(ProblemKind.NotFound);
        consultations.MapPost("/{number}/start", Start).For(Roles.Scheduler).WithSummary("Begins the call in a mode.").Refuses(Refusals.OfTransition);
        consultations.MapPost("/{number}/mode", SwitchMode).For(Roles.Scheduler).WithSummary("Switches the mode of a call in progress.")
            .Refuses([.. Refusals.OfTransition, ProblemKind.LimitReached]);
        consultations.MapPost("/{number}/consent", Attest).For(Roles.Scheduler).WithSummary("Attests spoken consent, where that is allowed.")
            .Refuses([.. Refusals.OfTransition, ProblemKind.AttestedConsentOff]);
        consultations.MapPost("/{number}/end", End).For(Roles.Scheduler).WithSummary("Ends the call.").Refuses(Refusals.OfTransition);
        consultations.MapPost("/{number}/cancel", Cancel).For(Roles.Scheduler).WithSummary("Cancels what was only booked.").Refuses(Refusals.OfTransition);
    }

    private static async Task<Results<Created<ConsultationView>, Problem>> Book(
        PatientPath patient, BookingRequest request, Repeatable repeat, Caller caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var booked = await grains.Patient(patient.Id).Book(request.ToBooking(), repeat.Key, caller.As(Roles.Scheduler), cancellation);
        if (!booked.IsDone)
            return Problem.Of(booked.Refusal);
        // It may be a repetition: that is answered with the present state, which the consultation knows.
        var name = booked.Value.Name;
        var consultation = repeat.Key is null ? null : await grains.Consultation(name).Get(cancellation);
        return TypedResults.Created(
            RecordingPath.Of(name), ConsultationView.Of(consultation ?? new() { Name = name, Booking = booked.Value.Booking, Status = booked.Value.Status }));
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Get(
        ConsultationPath path, Caller caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var consultation = await Unavailability.Read(() => grains.Consultation(path.Id).Get(cancellation));
        return consultation is not null && MaySee(caller, consultation) ? TypedResults.Ok(ConsultationView.Of(consultation)) : new Problem(ProblemKind.NotFound);
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Start(
        ConsultationPath path, ModeRequest request, Caller caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).Start(request.Mode, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> SwitchMode(
        ConsultationPath path, ModeRequest request, Caller caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).SwitchMode(request.Mode, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> Attest(
        ConsultationPath path, AttestedConsentRequest request, Caller caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).AttestConsent(
            request.Mode, request.Granted, request.AttestedBy, caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static async Task<Results<Ok<ConsultationView>, Problem>> End(
        ConsultationPath path, EndRequest? request, Caller caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var wrongPatient = request?.Reason is EndReason.WrongPatient;
        var ended = await grains.Consultation(path.Id).End(wrongPatient, caller.As(Roles.Scheduler), cancellation);
        if (ended.IsDone && wrongPatient)
            await grains.Incident(IncidentReport.IdOfWrongPatient(path.Id)).Follow(cancellation);
        return ended.ToOk(ConsultationView.Of);
    }

    private static async Task<Results<Ok<ConsultationView>, Problem>> Cancel(
        ConsultationPath path, Caller caller, IGrainFactory grains, CancellationToken cancellation) =>
        (await grains.Consultation(path.Id).Cancel(caller.As(Roles.Scheduler), cancellation)).ToOk(ConsultationView.Of);

    private static bool MaySee(Caller caller, Consultation consultation) =>
        caller.Has(Roles.Scheduler) || caller.Has(Roles.Recorder) || consultation.Booking.Clinician.Id == caller.Subject;
}
