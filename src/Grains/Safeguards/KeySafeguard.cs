using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Keys;
using Replays.Grains.Patients;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>key</em>: each recording has its own data key, wrapped (AES-256-GCM) under its patient's key with the recording's full
/// name as associated data. It is unwrapped with the key of the patient whose list is read, never of the name found in a record: under any
/// other name or patient it does not decrypt, and the media stay unreadable.
/// </summary>
internal sealed class KeySafeguard(IPatientKeys keys, EnabledSafeguards enabled, SafeguardDenials denials)
{
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

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

    /// <summary>Unwraps a data key under the patient's key and the recording's name.</summary>
    /// <param name="own">The patient whose list is read.</param>
    /// <param name="recording">The name under which the list holds the recording.</param>
    /// <param name="wrapped">The wrapped key stored with it; null once destroyed.</param>
    /// <returns>The data key; null when it was destroyed or does not decrypt.</returns>
    public async Task<byte[]?> Unwrap(PatientId own, RecordingId recording, byte[]? wrapped, CancellationToken cancellation)
    {
        var unwrapAs = enabled.IsEnabled(Safeguard.Key) ? own : recording.Patient;
        if (wrapped is null || await keys.Find(unwrapAs, cancellation) is not { } patientKey)
            return null;
        if (TryUnwrap(patientKey, recording, wrapped, out var plain))
            return plain;
        denials.ReportDefect(Safeguard.Key, recording.Name);
        return null;
    }

    /// <summary>Destroys a patient's key and with it all data keys wrapped under it.</summary>
    public Task Destroy(PatientId own, CancellationToken cancellation) => keys.Destroy(own, cancellation);

    private static bool TryUnwrap(byte[] patientKey, RecordingId recording, byte[] wrapped, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        if (wrapped.Length != NonceBytes + KeyBytes + TagBytes)
            return false;
        var decrypted = new byte[KeyBytes];
        using var aes = new AesGcm(patientKey, TagBytes);
        try
        {
            aes.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes),
                decrypted, Encoding.UTF8.GetBytes(recording.Name));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        plain = decrypted;
        return true;
    }
}
