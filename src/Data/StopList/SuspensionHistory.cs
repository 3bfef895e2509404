using Replays.Grains.StopList;

namespace Replays.Data.StopList;

internal static class SuspensionHistory
{
    /// <param name="scope">Null: resumed.</param>
    public static Task Add(
        DbConnection connection, PatientId? patient, StopScope? scope, Actor by, string reason, DateTimeOffset at,
        CancellationToken cancellation) =>
        connection.Statement(
            """
            INSERT INTO replays_suspension_history (target, scope, by_subject, by_role, changed_at, reason)
            VALUES (@target, @scope, @subject, @role, @at, @reason)
            """,
            ("target", Stop.TargetOf(patient)), ("scope", (int?)scope), ("subject", by.Subject), ("role", by.Role),
            ("at", at.ToUnixTimeMilliseconds()), ("reason", reason)).Execute(cancellation);

    public static Task Remove(DbConnection connection, PatientId patient, CancellationToken cancellation) => connection.Statement(
        "DELETE FROM replays_suspension_history WHERE target = @patient", ("patient", patient.Name)).Execute(cancellation);

    public static async Task<ImmutableArray<SuspensionChange>> Find(
        DbDataSource database, PatientId? patient, CancellationToken cancellation) =>
        [.. await database.Rows(
            """
            SELECT scope, reason, by_subject, by_role, changed_at FROM replays_suspension_history
            WHERE target = @target ORDER BY number DESC LIMIT 100
            """,
            [("target", Stop.TargetOf(patient))],
            row => new SuspensionChange(
                row.IsDBNull(0) ? null : (StopScope)row.GetInt32(0), row.GetString(1), new(row.GetString(2), row.GetString(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))),
            cancellation)];
}
