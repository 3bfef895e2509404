using Microsoft.Extensions.Options;
using Npgsql;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Waits, up to a timeout, for a reachable and migrated database before anything else of the silo starts.</summary>
internal sealed partial class PostgresStartup(
    NpgsqlDataSource database, IOptions<ReplaysSiloOptions> options, TimeProvider clock, ILogger<PostgresStartup> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(PostgresStartup), ServiceLifecycleStage.First, WaitForDatabase);

    private async Task WaitForDatabase(CancellationToken cancellation)
    {
        var timeout = options.Value.DatabaseWait;
        var started = clock.GetTimestamp();
        while (await FindProblem(cancellation) is { } problem)
        {
            if (clock.GetElapsedTime(started) >= timeout)
                throw new StartupException($"{problem} Timed out after {timeout.TotalSeconds:0} s (Replays__Silo__DatabaseWait).");
            LogWaiting(problem);
            await Task.Delay(RetryInterval, clock, cancellation);
        }
    }

    private async Task<string?> FindProblem(CancellationToken cancellation)
    {
        try
        {
            var missing = await Schema.FindMissing(database, cancellation);
            return missing is []
                ? null
                : $"The database of ConnectionStrings__Replays lacks migration {missing[0]}. Run the silo program with 'migrate'.";
        }
        catch (NpgsqlException exception)
        {
            return $"The database of ConnectionStrings__Replays does not respond: {exception.Message}.";
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database. {Problem}")]
    private partial void LogWaiting(string problem);
}
