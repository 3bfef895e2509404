namespace Replays.Grains.Patients;

/// <summary>A message from a consultation to its patient. The caller safeguard denies it unless <see cref="Sender"/> sent it.</summary>
public interface IConsultationMessage
{
    ConsultationId Sender { get; }
}
