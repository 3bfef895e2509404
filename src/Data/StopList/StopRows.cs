using Replays.Grains.StopList;

namespace Replays.Data.StopList;

/// <summary>Reads the stop list.</summary>
internal static class StopRows
{
    public const string Columns = "kind, target, scope, incident, by_subject, by_role, stopped_at, reason";

    /// <summary>A condition for the patient and all their recordings; see <see cref="PatientParameters"/>.</summary>
    public static readonly string OfPatient = $"target = @patient OR {NameSql.InRange("target")}";

    public static (string, object?)[] PatientParameters(PatientId patient) => [("patient", patient.Name), .. NameSql.Range(patient)];

    /// <summary>Returns the version; null if <paramref name="silo"/> is not a live member of the cluster.</summary>
    public static long? ReadVersion(DbConnection connection, SiloMember? silo)
    {
        using var command = silo is null
            ? connection.Statement("SELECT version FROM replays_stop_version")
            : connection.Statement("""
                SELECT version FROM replays_stop_version WHERE EXISTS (
                    SELECT 1 FROM replays_silo WHERE deployment_id = @deployment AND address = @address AND port = @port
                        AND generation = @generation AND status < 6 /* SiloStatus.Dead */)
                """, ("deployment", silo.Deployment), ("address", silo.Address), ("port", silo.Port), ("generation", silo.Generation));
        return command.ExecuteScalar() is { } version ? Convert.ToInt64(version) : null;
    }

    public static List<Stop> ReadAll(DbConnection connection)
    {
        using var command = connection.Statement($"SELECT {Columns} FROM replays_stop");
        using var reader = command.ExecuteReader();
        var stops = new List<Stop>();
        while (reader.Read())
            stops.Add(Read(reader));
        return stops;
    }

    public static async Task<ImmutableArray<Stop>> FindByPatient(
        DbDataSource database, PatientId patient, CancellationToken cancellation) =>
        [.. await database.Rows($"SELECT {Columns} FROM replays_stop WHERE {OfPatient}", PatientParameters(patient), Read, cancellation)];

    private static Stop Read(DbDataReader row) => new()
    {
        Kind = (StopKind)row.GetInt32(0),
        Target = row.GetString(1),
        Scope = (StopScope)row.GetInt32(2),
        Incident = row.IsDBNull(3) ? null : row.GetString(3),
        By = new(row.GetString(4), row.GetString(5)),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        Reason = row.IsDBNull(7) ? null : row.GetString(7),
    };
}
