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
internal sealed class CallerLock(ArmedLocks armed, LockRefusals refusals)
{
    public bool Admits(GrainId? source, IConsultationMessage message)
    {
        if (!armed.Has(Lock.Caller) || source == GrainId.Create(ConsultationGrain.TypeName, message.From.Name))
            return true;
        refusals.Alarm(Lock.Caller, message.From.Name);
        return false;
    }
}
