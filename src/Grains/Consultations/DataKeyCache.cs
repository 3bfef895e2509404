using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>Plain data keys of unsealed recordings, so that the patient's grain is asked once per recording and activation.</summary>
internal sealed class DataKeyCache
{
    private readonly Dictionary<int, byte[]> _keys = [];

    public void Add(int ordinal, byte[] key) => _keys[ordinal] = key;

    /// <returns>The key; null when a safeguard denies it.</returns>
    public async Task<byte[]?> Get(RecordingId recording, byte[] wrapped, IPatientGrain patient, CancellationToken cancellation)
    {
        if (_keys.TryGetValue(recording.Ordinal, out var cached))
            return cached;
        if (await patient.GetDataKey(new DataKeyRequest(recording, wrapped), cancellation) is not { } unwrapped)
            return null;
        return _keys[recording.Ordinal] = unwrapped.Plain;
    }

    public void Clear() => _keys.Clear();
}
