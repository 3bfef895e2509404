using System.Data;
using System.Net.Sockets;
using Npgsql;
using Replays.Data.Sql;

namespace Replays.Silo.Commands;

/// <summary><c>migrate</c>: migrates the database of <c>ConnectionStrings__Replays</c>. Exits with 0 also if nothing is to do.</summary>
internal static class MigrateCommand
{
    public static int Run(IConfiguration configuration)
    {
        if (configuration.GetConnectionString("Replays") is not { Length: > 0 } connectionString)
            return Fail("Set ConnectionStrings__Replays to the PostgreSQL database to migrate.");
        try
        {
            Schema.MigratePostgres(connectionString);
            Console.WriteLine("The database is up to date.");
            return 0;
        }
        catch (Exception exception) when (exception is NpgsqlException or DataException or ArgumentException or SocketException)
        {
            return Fail($"Migrating the database failed: {exception.Message}");
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
