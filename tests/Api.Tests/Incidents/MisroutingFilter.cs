using System.Collections.Concurrent;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;

namespace Replays.Api.Tests.Incidents;

/// <summary>
/// The defect of 2020 in the consultation grain, whose calls keep its own identity: after a mode switch it uses the participant of
/// whichever consultation started last.
/// </summary>
internal sealed class MisroutingFilter(IGrainFactory grains) : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    private readonly ConcurrentDictionary<GrainId, PatientId> _participants = new();
    private PatientId? _lastStarted;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (!ConsultationId.TryParseName(context.TargetId.Key.ToString(), out var consultation))
            return;
        if (context.MethodName is nameof(IConsultationGrain.Start))
            _lastStarted = consultation.Patient;
        if (context.MethodName is nameof(IConsultationGrain.SwitchMode))
            _participants[context.TargetId] = _lastStarted!.Value;
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context is { MethodName: nameof(IPatientGrain.AcceptReplay), SourceId: { } source }
            && _participants.TryGetValue(source, out var wrongPatient)
            && grains.Patient(wrongPatient) is var patient && patient.GetGrainId() != context.TargetId)
            context.Result = await patient.AcceptReplay((Delivery)context.Request.GetArgument(0)!);
        else
            await context.Invoke();
    }
}
