using Replays.Grains.Identity;

namespace Replays.Grains.Keys;

/// <summary>
/// Each patient's own key, 256 bits, under which the data keys of their recordings are wrapped. Destroying it makes all of them unreadable
/// at once.
/// </summary>
public interface IPatientKeys
{
    /// <summary>The patient's key, made on first use; two makers at once get the same.</summary>
    Task<byte[]> GetOrCreate(PatientId patient, CancellationToken cancellation = default);

    /// <returns>The patient's key; null when there is none, or none any more.</returns>
    Task<byte[]?> Find(PatientId patient, CancellationToken cancellation = default);

    /// <summary>Destroys the patient's key for good. Not there: nothing to do.</summary>
    Task Destroy(PatientId patient, CancellationToken cancellation = default);
}
