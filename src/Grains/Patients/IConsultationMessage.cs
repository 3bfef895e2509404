using Replays.Grains.Identity;

namespace Replays.Grains.Patients;

/// <summary>
/// What a consultation says to its participant's grain. Every call that carries one passes the caller lock: its source must be the
/// consultation grain that it names.
/// </summary>
public interface IConsultationMessage
{
    /// <summary>The consultation that speaks.</summary>
    ConsultationId Sender { get; }
}
