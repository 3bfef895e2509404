using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Replays.Data.Sql;

/// <summary>The database: PostgreSQL if <c>ConnectionStrings:Replays</c> is set, otherwise SQLite in the data directory.</summary>
public static class DatabaseHosting
{
    private const string ConnectionStringName = "Replays";

    /// <summary>Whether all data is stored in this process's data directory, because <c>ConnectionStrings:Replays</c> is not set.</summary>
    public static bool IsEmbedded(this IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionStringName));

    /// <summary>Registers the shared <see cref="DbDataSource"/>, for PostgreSQL also as <see cref="NpgsqlDataSource"/>.</summary>
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
            builder.Logging.AddFilter("Npgsql", LogLevel.Warning); // logs every statement
            var connectionString = UseShortTimeouts(builder.Configuration.GetConnectionString(ConnectionStringName)!);
            builder.Services.TryAddSingleton(services =>
                new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build());
            builder.Services.TryAddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
        }
        return builder;
    }

    /// <summary>
    /// Limits the wait for an unreachable database to 2 s and enables automatic preparation. These settings override the connection string;
    /// the operator controls all others, such as pool size and TLS.
    /// </summary>
    private static string UseShortTimeouts(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString)
            {
                Timeout = 2,
                CommandTimeout = 2,
                CancellationTimeout = 500, // ms; cancelling on an unreachable server only prolongs the wait
                MaxAutoPrepare = 50,
                AutoPrepareMinUsages = 2,
            }.ToString();
        }
        catch (ArgumentException exception)
        {
            throw new StartupException(
                $"ConnectionStrings__Replays is not a valid PostgreSQL connection string: {exception.Message}", exception);
        }
    }

    private static string DatabaseFile(IServiceProvider services) =>
        Path.Combine(services.GetRequiredService<IOptions<DataOptions>>().Value.OpenDataDirectory(), "replays.db");
}
