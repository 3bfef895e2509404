using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>caller</em>: a patient's grain listens to what a consultation says only when the call's source is the grain of just that
/// consultation. Clients and other grains are refused.
/// </summary>
/// <remarks>
/// The source is the runtime's word (<see cref="IGrainCallContext.SourceId"/>): it guards against defects. A modified Orleans client could forge it,
/// so the network keeps strangers off the gateways.
/// </remarks>
internal sealed class CallerSafeguard(EnabledSafeguards armed, SafeguardDenials refusals)
{
    public bool Allows(GrainId? source, IConsultationMessage message)
    {
        if (!armed.IsEnabled(Safeguard.Caller) || source == GrainId.Create(ConsultationGrain.TypeName, message.Sender.Name))
            return true;
        refusals.ReportDefect(Safeguard.Caller, message.Sender.Name);
        return false;
    }
}
