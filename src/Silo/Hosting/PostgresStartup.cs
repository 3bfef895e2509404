using Microsoft.Extensions.Options;
using Npgsql;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Before anything else of the silo starts: waits, within a bound, until the database answers and has been migrated.</summary>
internal sealed partial class PostgresStartup(
    NpgsqlDataSource database, IOptions<ReplaysSiloOptions> options, TimeProvider clock, ILogger<PostgresStartup> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(PostgresStartup), ServiceLifecycleStage.First, WaitForDatabase);

    private async Task WaitForDatabase(CancellationToken cancellation)
    {
        var patience = options.Value.DatabaseWait;
        var began = clock.GetTimestamp();
        while (await FindProblem(cancellation) is { } problem)
        {
            if (clock.GetElapsedTime(began) >= patience)
                throw new StartupException($"{problem} Gave up after {patience.TotalSeconds:0} s (Replays__Silo__DatabaseWait).");
            LogWaiting(problem);
            await Task.Delay(Pause, clock, cancellation);
        }
    }

    private async Task<string?> FindProblem(CancellationToken cancellation)
    {
        try
        {
            var missing = await Schema.FindMissing(database, cancellation);
            return missing is []
                ? null
                : $"The database of ConnectionStrings__Replays lacks {missing[0]}: run the silo program with 'migrate'.";
        }
        catch (NpgsqlException exception)
        {
            return $"The database of ConnectionStrings__Replays does not answer: {exception.Message}.";
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database. {Problem}")]
    private partial void LogWaiting(string problem);
}
