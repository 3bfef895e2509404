using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Replays.Grains.Identity;
using Replays.Grains.Keys;

namespace Replays.Data.Keys;

/// <summary>
/// Keeps patients' keys in <c>replays_patient_key</c>, each wrapped by Data Protection for that patient's name alone: a row copied to another
/// patient does not unwrap.
/// </summary>
internal sealed class PatientKeyStore(DbDataSource database, IDataProtectionProvider protection, TimeProvider clock) : IPatientKeys
{
    private const int KeyBytes = 32;

    public async Task<byte[]> GetOrCreate(PatientId patient, CancellationToken cancellation)
    {
        // What counts is what the table holds, so the key is read back; the second round is for a key destroyed in between.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await Find(patient, cancellation) is { } key)
                return key;
            await Add(patient, cancellation);
        }
        return await Find(patient, cancellation) ?? throw new InvalidOperationException("The patient's key was destroyed while it was made.");
    }

    public async Task<byte[]?> Find(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Command(connection, "SELECT wrapped FROM replays_patient_key WHERE patient = @patient", patient);
        return await command.ExecuteScalarAsync(cancellation) is byte[] wrapped ? ProtectorFor(patient).Unprotect(wrapped) : null;
    }

    public async Task Destroy(PatientId patient, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Command(connection, "DELETE FROM replays_patient_key WHERE patient = @patient", patient);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task Add(PatientId patient, CancellationToken cancellation)
    {
        // Wrapped before the connection is taken: the key ring may need one of its own.
        var wrapped = ProtectorFor(patient).Protect(RandomNumberGenerator.GetBytes(KeyBytes));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Command(
            connection,
            """
            INSERT INTO replays_patient_key (patient, wrapped, created_at) VALUES (@patient, @wrapped, @created)
            ON CONFLICT (patient) DO NOTHING
            """,
            patient);
        Bind(command, "wrapped", wrapped);
        Bind(command, "created", clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private IDataProtector ProtectorFor(PatientId patient) => protection.CreateProtector("Replays.PatientKey.v1", patient.Name);

    private static DbCommand Command(DbConnection connection, string sql, PatientId patient)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        Bind(command, "patient", patient.Name);
        return command;
    }

    private static void Bind(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
