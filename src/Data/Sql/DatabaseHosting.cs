using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Replays.Data.Sql;

/// <summary>The one database of a process: PostgreSQL when <c>ConnectionStrings:Replays</c> is set, otherwise SQLite in the data directory.</summary>
public static class DatabaseHosting
{
    private const string ConnectionStringName = "Replays";

    /// <summary>Whether this process keeps everything itself, for want of <c>ConnectionStrings:Replays</c>.</summary>
    public static bool IsEmbedded(this IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionStringName));

    /// <summary>
    /// Registers the process's <see cref="DbDataSource"/>, shared by the Orleans providers and everything else, and with PostgreSQL the same one
    /// as <see cref="NpgsqlDataSource"/>.
    /// </summary>
    public static IHostApplicationBuilder AddReplaysDatabase(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DataOptions>().BindConfiguration("Replays").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (builder.Configuration.IsEmbedded())
        {
            builder.Services.TryAddSingleton<DbDataSource>(services => new SqliteDataSource(DatabaseFile(services)));
        }
        else
        {
            builder.Logging.AddFilter("Npgsql", LogLevel.Warning); // it tells of each statement
            var connectionString = UseShortTimeouts(builder.Configuration.GetConnectionString(ConnectionStringName)!);
            builder.Services.TryAddSingleton(services =>
                new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build());
            builder.Services.TryAddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
        }
        return builder;
    }

    /// <summary>
    /// Nobody waits for a database that is gone longer than 2 s, and statements are prepared by themselves. These settings are the service's own,
    /// whatever the connection string says; pool size, TLS and the like are the operator's.
    /// </summary>
    private static string UseShortTimeouts(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString)
            {
                Timeout = 2,
                CommandTimeout = 2,
                CancellationTimeout = 500, // ms: for a server that is gone, a request to cancel only adds to the wait
                MaxAutoPrepare = 50,
                AutoPrepareMinUsages = 2,
            }.ToString();
        }
        catch (ArgumentException exception)
        {
            throw new StartupException($"ConnectionStrings__Replays is not a PostgreSQL connection string: {exception.Message}", exception);
        }
    }

    private static string DatabaseFile(IServiceProvider services) =>
        Path.Combine(services.GetRequiredService<IOptions<DataOptions>>().Value.OpenDataDirectory(), "replays.db");
}
