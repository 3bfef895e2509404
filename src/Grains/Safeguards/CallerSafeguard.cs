using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>caller</em>: a patient's grain accepts a consultation's message only when the source of the call is the grain of that
/// consultation. Clients and other grains are denied.
/// </summary>
/// <remarks>
/// The runtime reports the source (<see cref="IGrainCallContext.SourceId"/>). A modified Orleans client could forge it: the safeguard
/// protects against defects, the network protects the gateways against attackers.
/// </remarks>
internal static class CallerSafeguard
{
    public static Denial? Check(EnabledSafeguards enabled, GrainId? source, IConsultationMessage message) =>
        enabled.IsEnabled(Safeguard.Caller) && source != GrainId.Create(ConsultationGrain.TypeName, message.Sender.Name)
            ? new(Safeguard.Caller, message.Sender.Name)
            : null;
}
