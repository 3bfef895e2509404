using Replays.Grains.StopList;

namespace Replays.Api.Controls;

/// <summary>The privacy officer's controls: suspension of playback, legal hold, and erasure.</summary>
public static class ControlEndpoints
{
    public static void MapControls(this IEndpointRouteBuilder app)
    {
        var playback = app.MapGroup("/v1/controls/playback").WithTags("Controls").RequireRoles(Roles.PrivacyOfficer);
        playback.MapGet("", (IStopList stops, CancellationToken cancellation) => GetState(stops, null, cancellation))
            .WithSummary("Returns whether playback is enabled for everyone, and the history of changes.");
        playback.MapPut("", (PlaybackSwitch request, CurrentUser caller, IStopList stops, CancellationToken cancellation) =>
                SetState(null, request, caller, stops, cancellation))
            .WithSummary("Suspends or resumes playback, or everything that shows replays, for everyone.");
        playback.MapGet("/{patient}", (PatientPath path, IStopList stops, CancellationToken cancellation) =>
                GetState(stops, path.Id, cancellation))
            .WithSummary("Returns whether playback is enabled for one patient, and the history of changes.");
        playback.MapPut("/{patient}", (
                PatientPath path, PlaybackSwitch request, CurrentUser caller, IStopList stops, CancellationToken cancellation) =>
                SetState(path.Id, request, caller, stops, cancellation))
            .WithSummary("Suspends or resumes playback, or everything that shows replays, for one patient.");

        var patient = app.MapGroup("/v1/patients/{patient}").WithTags("Controls").RequireRoles(Roles.PrivacyOfficer);
        patient.MapPut("/legal-hold", SetLegalHold).WithSummary("Sets or lifts a legal hold. Nothing is destroyed while it is active.")
            .ProducesProblems(ProblemKind.NotFound);
        patient.MapDelete("", Erase).WithSummary("Erases a patient. The data become inaccessible immediately and are deleted afterwards.")
            .ProducesProblems(ProblemKind.LegalHold, ProblemKind.IncidentOpen);
    }

    private static async Task<Ok<PlaybackState>> GetState(IStopList stops, PatientId? patient, CancellationToken cancellation)
    {
        var history = await stops.GetHistory(patient, cancellation);
        return TypedResults.Ok(PlaybackState.Of(stops.Current().Suspension(patient), history));
    }

    private static async Task<Ok<PlaybackState>> SetState(
        PatientId? patient, PlaybackSwitch request, CurrentUser caller, IStopList stops, CancellationToken cancellation)
    {
        var by = caller.As(Roles.PrivacyOfficer);
        if (request.Enabled)
            await stops.Resume(patient, by, request.Reason, cancellation);
        else
            await stops.Suspend(patient, request.Scope, by, request.Reason, cancellation);
        await stops.WaitForPropagation(cancellation);
        return await GetState(stops, patient, cancellation);
    }

    private static async Task<Results<Ok<LegalHoldState>, Problem>> SetLegalHold(
        PatientPath path, LegalHoldRequest request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var reason = request.Enabled ? request.Reason : null;
        var error = await grains.Patient(path.Id).SetLegalHold(reason, caller.As(Roles.PrivacyOfficer), cancellation);
        return error is ErrorCode.None ? TypedResults.Ok(new LegalHoldState(request.Enabled, reason)) : Problem.Of(error);
    }

    private static async Task<Results<Accepted, Problem>> Erase(
        PatientPath path, CurrentUser caller, IStopList stops, IGrainFactory grains, CancellationToken cancellation)
    {
        var error = await grains.Patient(path.Id).BeginErasure(caller.As(Roles.PrivacyOfficer), cancellation);
        if (error is not ErrorCode.None)
            return Problem.Of(error);
        await stops.WaitForPropagation(cancellation);
        return TypedResults.Accepted((string?)null);
    }
}
