using System.Data.Common;
using Microsoft.Extensions.Options;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Locks the data directory against other processes and migrates its database before anything else starts.</summary>
internal sealed class EmbeddedStartup(DbDataSource database, IOptions<DataOptions> options)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private FileStream? _lock;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(EmbeddedStartup), ServiceLifecycleStage.First, Prepare);

    public void Dispose() => _lock?.Dispose();

    private Task Prepare(CancellationToken cancellation)
    {
        try
        {
            var directory = options.Value.OpenDataDirectory();
            // The operating system releases the lock even if the process crashes.
            _lock = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data directory {options.Value.DataDirectory} cannot be used: {exception.Message} Another process may be using it. "
                + "Set Replays__DataDirectory to a directory of its own, or ConnectionStrings__Replays to share a database.",
                exception);
        }
        Schema.MigrateSqlite(database.ConnectionString);
        return Task.CompletedTask;
    }
}
