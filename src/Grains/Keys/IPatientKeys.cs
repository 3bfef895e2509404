namespace Replays.Grains.Keys;

/// <summary>
/// Each patient's own key, 256 bits, which wraps the data keys of their recordings. Destroying it makes all of them unreadable immediately.
/// </summary>
public interface IPatientKeys
{
    /// <summary>Returns the patient's key, created on first use. Concurrent callers get the same key.</summary>
    Task<byte[]> GetOrCreate(PatientId patient, CancellationToken cancellation = default);

    /// <returns>The patient's key; null when it was never created or is destroyed.</returns>
    Task<byte[]?> Find(PatientId patient, CancellationToken cancellation = default);

    /// <summary>Destroys the patient's key permanently. Idempotent.</summary>
    Task Destroy(PatientId patient, CancellationToken cancellation = default);
}
