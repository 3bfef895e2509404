using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Orleans.Providers;
using Orleans.Serialization;
using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Data.GrainStorage;

/// <summary>Stores grain state and reminders in the database.</summary>
public static class StorageHosting
{
    private const string ProviderName = "Replays.AdoNet";

    /// <summary>Also registers the default storage. Clearing a state deletes its row, because the row's key names a patient.</summary>
    public static ISiloBuilder AddReplaysStorage(this ISiloBuilder silo)
    {
        silo.AddAdoNetGrainStorage(ProviderName, options => options.Configure<DbDataSource, Serializer>((storage, database, serializer) =>
        {
            storage.Invariant = InvariantOf(database);
            storage.DataSource = database;
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            storage.DeleteStateOnClear = true;
        }));
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            ReplaysStorage.Name, (services, _) => new GuardedGrainStorage(services.GetRequiredKeyedService<IGrainStorage>(ProviderName)));
        silo.Services.AddKeyedSingleton(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (services, _) => services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name));
        silo.Services.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(ReplaysStorage.Name));
        silo.Services.AddSingleton<IConfigurationValidator, StateNameValidator>();
        return silo.AddIncomingGrainCallFilter<StorageFailureFilter>();
    }

    public static ISiloBuilder AddReplaysReminders(this ISiloBuilder silo)
    {
        silo.UseAdoNetReminderService(options => options.Configure<DbDataSource>((reminders, database) =>
        {
            reminders.Invariant = InvariantOf(database);
            reminders.DataSource = database;
        }));
        var table = silo.Services.Last(service => service.ServiceType == typeof(IReminderTable));
        silo.Services.Replace(ServiceDescriptor.Singleton<IReminderTable>(services => new RetryingReminderTable(
            (IReminderTable)ActivatorUtilities.CreateInstance(services, table.ImplementationType!),
            services.GetRequiredService<TimeProvider>())));
        return silo;
    }

    internal static string InvariantOf(DbDataSource database) => database is NpgsqlDataSource ? "Npgsql" : "System.Data.SQLite";
}
