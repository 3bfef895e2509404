namespace Replays.Data.Exposure;

internal sealed class ExposureErasure(DbDataSource database)
{
    /// <summary>Deletes the evidence of who was shown the patient's recordings.</summary>
    public async Task Erase(PatientId patient, CancellationToken cancellation)
    {
        foreach (var table in new[] { AccessTable.Listings, AccessTable.Playbacks })
            await database.Execute($"DELETE FROM {table.Name} WHERE {NameSql.InRange("recording")}", NameSql.Range(patient), cancellation);
    }
}
