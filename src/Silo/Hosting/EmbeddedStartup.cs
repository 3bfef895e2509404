using System.Data.Common;
using Microsoft.Extensions.Options;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>
/// Before anything else of an embedded silo starts: takes the data directory for this process alone, for two would overwrite each other's
/// state, and brings its database up to date.
/// </summary>
internal sealed class EmbeddedStartup(DbDataSource database, IOptions<DataOptions> options) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private FileStream? _lock;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(EmbeddedStartup), ServiceLifecycleStage.First, Prepare);

    public void Dispose() => _lock?.Dispose();

    private Task Prepare(CancellationToken cancellation)
    {
        try
        {
            var directory = options.Value.OpenDataDirectory();
            // The operating system gives it back when the process ends, however it ends.
            _lock = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data directory {options.Value.DataDirectory} can't be used: {exception.Message} Is another process using it? "
                + "Set Replays__DataDirectory to one of this process's own, or ConnectionStrings__Replays to share a database.",
                exception);
        }
        Schema.MigrateSqlite(database.ConnectionString);
        return Task.CompletedTask;
    }
}
