namespace Replays.Grains.Patients;

/// <summary>
/// A message from a consultation to its patient's grain. The caller safeguard denies it unless the call's source is the grain of
/// <see cref="Sender"/>.
/// </summary>
public interface IConsultationMessage
{
    ConsultationId Sender { get; }
}
