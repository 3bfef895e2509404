namespace Replays.Data.GrainStorage;

/// <summary>
/// Retries loading reminders every second until the database responds. Orleans itself retries three times, up to five minutes apart, and
/// accepts no registrations meanwhile, so a silo that started during an outage would answer 503 long after the database has recovered.
/// </summary>
internal sealed class RetryingReminderTable(IReminderTable table, TimeProvider time) : IReminderTable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => table.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => table.StopAsync(cancellationToken);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    public async Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await table.ReadRows(begin, end, cancellationToken);
            }
            catch (DbException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId) => table.ReadRows(grainId);

    public Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken) =>
        table.ReadRows(grainId, cancellationToken);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => table.ReadRow(grainId, reminderName);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken) =>
        table.ReadRow(grainId, reminderName, cancellationToken);

    public Task<string?> UpsertRow(ReminderEntry entry) => table.UpsertRow(entry);

    public Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken) => table.UpsertRow(entry, cancellationToken);

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => table.RemoveRow(grainId, reminderName, eTag);

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken) =>
        table.RemoveRow(grainId, reminderName, eTag, cancellationToken);

    public Task TestOnlyClearTable() => table.TestOnlyClearTable();
}
