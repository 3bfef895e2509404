using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Replays.Grains.Keys;

namespace Replays.Data.Keys;

/// <summary>
/// Stores patient keys in <c>replays_patient_key</c>. Each is wrapped by Data Protection with the patient's name as purpose, so that a row
/// copied to another patient cannot be unwrapped.
/// </summary>
internal sealed class PatientKeyStore(DbDataSource database, IDataProtectionProvider protection, TimeProvider clock) : IPatientKeys
{
    private const int KeyBytes = 32;

    public async Task<byte[]> GetOrCreate(PatientId patient, CancellationToken cancellation)
    {
        // Always return the stored key: another process may have created it first. The second attempt covers a concurrent deletion.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await Find(patient, cancellation) is { } key)
                return key;
            await Insert(patient, cancellation);
        }
        return await Find(patient, cancellation)
            ?? throw new InvalidOperationException("The patient key was destroyed while it was created.");
    }

    public async Task<byte[]?> Find(PatientId patient, CancellationToken cancellation)
    {
        var wrapped = await database.Rows("SELECT wrapped FROM replays_patient_key WHERE patient = @patient", [("patient", patient.Name)],
            row => row.GetFieldValue<byte[]>(0), cancellation);
        return wrapped is [var key] ? ProtectorFor(patient).Unprotect(key) : null;
    }

    public Task Destroy(PatientId patient, CancellationToken cancellation) =>
        database.Execute("DELETE FROM replays_patient_key WHERE patient = @patient", [("patient", patient.Name)], cancellation);

    private async Task Insert(PatientId patient, CancellationToken cancellation)
    {
        // Wrap before opening a connection: the key ring may need a connection too.
        var wrapped = ProtectorFor(patient).Protect(RandomNumberGenerator.GetBytes(KeyBytes));
        await database.Execute(
            """
            INSERT INTO replays_patient_key (patient, wrapped, created_at) VALUES (@patient, @wrapped, @created)
            ON CONFLICT (patient) DO NOTHING
            """,
            [("patient", patient.Name), ("wrapped", wrapped), ("created", clock.GetUtcNow().UtcDateTime)], cancellation);
    }

    private IDataProtector ProtectorFor(PatientId patient) => protection.CreateProtector("Replays.PatientKey.v1", patient.Name);
}
