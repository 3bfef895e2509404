using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Replays.Api.Consultations;
using Replays.Api.OpenApi;
using Replays.Api.Problems;
using Replays.Api.ResourceNames;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Identity;
using Replays.Grains.StopList;

namespace Replays.Api.Controls;

/// <summary>The officer's switches: playback off and on, for everyone or one patient; legal hold; erasure.</summary>
public static class ControlEndpoints
{
    public static void MapControls(this IEndpointRouteBuilder app)
    {
        var playback = app.MapGroup("/v1/controls/playback").WithTags("Controls").RequireRoles(Roles.PrivacyOfficer);
        playback.MapGet("", (IStopList stops, CancellationToken cancellation) => State(stops, null, cancellation)).WithSummary("Whether playback is on for everyone, and who turned it off and on.");
        playback.MapPut("", (PlaybackSwitch wanted, CurrentUser caller, IStopList stops, CancellationToken cancellation) =>
            Switch(null, wanted, caller, stops, cancellation)).WithSummary("Turns playback, or all that shows replays, off and on for everyone.");
        playback.MapGet("/{patient}", (PatientPath path, IStopList stops, CancellationToken cancellation) => State(stops, path.Id, cancellation))
            .WithSummary("Whether playback is on for one patient, and who turned it off and on.");
        playback.MapPut("/{patient}", (PatientPath path, PlaybackSwitch wanted, CurrentUser caller, IStopList stops, CancellationToken cancellation) =>
            Switch(path.Id, wanted, caller, stops, cancellation)).WithSummary("Turns playback, or all that shows replays, off and on for one patient.");

        var patient = app.MapGroup("/v1/patients/{patient}").WithTags("Controls").RequireRoles(Roles.PrivacyOfficer);
        patient.MapPut("/legal-hold", Hold).WithSummary("Nothing of this patient's is destroyed while on hold.").ProducesProblems(ProblemKind.NotFound);
        patient.MapDelete("", Erase).WithSummary("Erases a patient: out of reach at once, unreadable at once, then gone.")
            .ProducesProblems(ProblemKind.LegalHold, ProblemKind.IncidentOpen);
    }

    private static async Task<Ok<PlaybackState>> State(IStopList stops, PatientId? patient, CancellationToken cancellation)
    {
        var turns = await stops.GetHistory(patient, cancellation);
        return TypedResults.Ok(PlaybackState.Of(stops.Current().Suspension(patient), turns));
    }

    private static async Task<Ok<PlaybackState>> Switch(
        PatientId? patient, PlaybackSwitch wanted, CurrentUser caller, IStopList stops, CancellationToken cancellation)
    {
        var by = caller.As(Roles.PrivacyOfficer);
        if (wanted.Enabled)
            await stops.Resume(patient, by, wanted.Reason, cancellation);
        else
            await stops.Suspend(patient, wanted.Scope, by, wanted.Reason, cancellation);
        await stops.WaitForPropagation(cancellation);
        return await State(stops, patient, cancellation);
    }

    private static async Task<Results<Ok<HoldState>, Problem>> Hold(
        PatientPath path, HoldRequest request, CurrentUser caller, IGrainFactory grains, CancellationToken cancellation)
    {
        var refusal = await grains.Patient(path.Id).SetLegalHold(request.Enabled ? request.Reason : null, caller.As(Roles.PrivacyOfficer), cancellation);
        return refusal is Grains.ErrorCode.None ? global::Microsoft.AspNetCore.Http.TypedResults.Ok<global::Replays.Api.Controls.HoldState>(new global::Replays.Api.Controls.HoldState(request.Enabled, request.Enabled ? request.Reason : null)) : global::Replays.Api.Problems.Problem.Of(refusal);
    }

    private static async Task<Results<Accepted, Problem>> Erase(
        PatientPath path, CurrentUser caller, IStopList stops, IGrainFactory grains, CancellationToken cancellation)
    {
        var refusal = await grains.Patient(path.Id).BeginErasure(caller.As(Roles.PrivacyOfficer), cancellation);
        if (refusal is not Grains.ErrorCode.None)
            return Problem.Of(refusal);
        await stops.WaitForPropagation(cancellation);
        return TypedResults.Accepted((string?)null);
    }
}

/// <summary>How a switch is to stand.</summary>
public sealed record PlaybackSwitch
{
    public required bool Enabled { get; init; }

    [StringLength(500, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>How much is turned off: <c>playback</c> (if not said) or <c>all</c>, which is lists and items too.</summary>
    public StopScope Scope { get; init; }
}

/// <summary>How a switch stands.</summary>
/// <param name="Enabled">On.</param>
/// <param name="Scope">How much is off.</param>
/// <param name="Reason">Why it is off.</param>
/// <param name="By">Who turned it off.</param>
/// <param name="Since">When.</param>
/// <param name="History">How it was turned off and on: newest first, the last 100 times.</param>
public sealed record PlaybackState(bool Enabled, StopScope? Scope, string? Reason, Actor? By, DateTimeOffset? Since, IReadOnlyList<SuspensionChangeView> History)
{
    public static PlaybackState Of(Stop? off, IEnumerable<SuspensionChange> turns) => new(
        off is null, off?.Scope, off?.Reason, off?.By, off?.At, [.. turns.Select(turn => new SuspensionChangeView(turn.Off is null, turn.Off, turn.Reason, turn.By, turn.At))]);
}

/// <summary>A switch was turned.</summary>
/// <param name="Enabled">On.</param>
/// <param name="Scope">How much was turned off.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who turned it.</param>
/// <param name="At">When.</param>
public sealed record SuspensionChangeView(bool Enabled, StopScope? Scope, string Reason, Actor By, DateTimeOffset At);

/// <summary>A legal hold to be set, or lifted.</summary>
public sealed record HoldRequest
{
    /// <summary>Whether it is on; so if not said.</summary>
    public bool Enabled { get; init; } = true;

    [StringLength(500, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>How a legal hold stands.</summary>
public sealed record HoldState(bool Enabled, string? Reason);
