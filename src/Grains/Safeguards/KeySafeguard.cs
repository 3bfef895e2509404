using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Identity;
using Replays.Grains.Keys;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>key</em>: each recording has its own data key, wrapped (AES-256-GCM) under a key of its patient's own with the recording's full
/// name as associated data. It is unwrapped with the key of the patient whose list is read, never of the name found in a record: under any
/// other name or patient it does not open, and the media stay unreadable.
/// </summary>
internal sealed class KeySafeguard(IPatientKeys keys, EnabledSafeguards armed, SafeguardDenials refusals)
{
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    /// <summary>A new data key for a recording of this patient.</summary>
    public async Task<DataKey> Create(RecordingId recording, CancellationToken cancellation)
    {
        var plain = RandomNumberGenerator.GetBytes(KeyBytes);
        var wrapped = new byte[NonceBytes + KeyBytes + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(await keys.GetOrCreate(recording.Patient, cancellation), TagBytes);
        aes.Encrypt(wrapped.AsSpan(0, NonceBytes), plain, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes),
            Encoding.UTF8.GetBytes(recording.Name));
        return new DataKey(plain, wrapped);
    }

    /// <summary>The data key, if it opens under this patient's key and this name; else null.</summary>
    /// <param name="own">The patient whose list is read.</param>
    /// <param name="recording">The name under which the list holds it.</param>
    /// <param name="wrapped">The key as stored beside it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<byte[]?> Unwrap(PatientId own, RecordingId recording, byte[]? wrapped, CancellationToken cancellation)
    {
        var keyOf = armed.IsEnabled(Safeguard.Key) ? own : recording.Patient;
        if (wrapped is null || await keys.Find(keyOf, cancellation) is not { } patientKey)
            return null;
        if (TryUnwrap(patientKey, recording, wrapped, out var plain))
            return plain;
        refusals.ReportDefect(Safeguard.Key, recording.Name);
        return null;
    }

    /// <summary>Destroys a patient's own key, and with it all data keys under it.</summary>
    public Task Destroy(PatientId own, CancellationToken cancellation) => keys.Destroy(own, cancellation);

    private static bool TryUnwrap(byte[] patientKey, RecordingId recording, byte[] wrapped, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        if (wrapped.Length != NonceBytes + KeyBytes + TagBytes)
            return false;
        var opened = new byte[KeyBytes];
        using var aes = new AesGcm(patientKey, TagBytes);
        try
        {
            aes.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes), opened,
                Encoding.UTF8.GetBytes(recording.Name));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        plain = opened;
        return true;
    }
}
