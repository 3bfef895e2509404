using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Replays.Data.GrainStorage;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Cluster membership, endpoints and failure detection.</summary>
public static class ClusteringHosting
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Joins the cluster whose membership is in PostgreSQL.</summary>
    public static ISiloBuilder UseReplaysClustering(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<ReplaysSiloOptions>().BindConfiguration("Replays:Silo").ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddOptions<EndpointOptions>()
            .Configure<IOptions<ReplaysSiloOptions>>((endpoints, options) => SetEndpoints(endpoints, options.Value));
        silo.UseAdoNetClustering(options => options.Configure<NpgsqlDataSource>((clustering, database) =>
        {
            clustering.Invariant = StorageHosting.InvariantOf(database);
            clustering.DataSource = database;
        }));
        // Detects a killed silo in 2 to 3 s (default: 6 to 7), and one behind a network partition in 6 to 7 s (default: 64).
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            // When two of three silos die together, declaring them dead takes a witness with a fresh heartbeat: 3 s (default: 83).
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(0.5);
            options.NumMissedTableIAmAliveLimit = 4;
        });
        silo.Services.AddHostedService<StaleSiloDetector>();
        return silo.UseShortTimeouts();
    }

    /// <summary>Runs a single silo for this process only: on a free loopback port and without a gateway.</summary>
    public static ISiloBuilder UseEmbeddedClustering(this ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(FreeLoopbackPort(), gatewayPort: 0);
        return silo.UseShortTimeouts();
    }

    /// <summary>Connects a client to the cluster. Retries until a silo is available.</summary>
    public static IClientBuilder UseReplaysClustering(this IClientBuilder client)
    {
        client.UseAdoNetClustering(options => options.Configure<NpgsqlDataSource>((clustering, database) =>
        {
            clustering.Invariant = StorageHosting.InvariantOf(database);
            clustering.DataSource = database;
        }));
        client.UseConnectionRetryFilter<RetryForeverFilter>();
        client.Services.SetClusterName();
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        return client.AddActivityPropagation();
    }

    private static ISiloBuilder UseShortTimeouts(this ISiloBuilder silo)
    {
        silo.Services.SetClusterName();
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout); // the hosted client of the silo
        return silo.AddActivityPropagation();
    }

    private static void SetClusterName(this IServiceCollection services)
    {
        services.AddOptions<ReplaysClusterOptions>().BindConfiguration("Replays:Cluster").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ClusterOptions>().Configure<IOptions<ReplaysClusterOptions>>((cluster, options) =>
        {
            cluster.ClusterId = options.Value.ClusterId;
            cluster.ServiceId = options.Value.ServiceId;
        });
    }

    private static void SetEndpoints(EndpointOptions endpoints, ReplaysSiloOptions options)
    {
        endpoints.SiloPort = options.SiloPort;
        endpoints.GatewayPort = options.GatewayPort;
        if (options.AdvertisedAddress is { Length: > 0 } advertised)
            endpoints.AdvertisedIPAddress = Resolve(advertised);
        var listen = endpoints.AdvertisedIPAddress is { } address && IPAddress.IsLoopback(address) ? address : IPAddress.Any;
        endpoints.SiloListeningEndpoint = new IPEndPoint(listen, options.SiloPort);
        endpoints.GatewayListeningEndpoint = new IPEndPoint(listen, options.GatewayPort);
    }

    private static IPAddress Resolve(string advertised)
    {
        if (IPAddress.TryParse(advertised, out var address))
            return address;
        try
        {
            return Dns.GetHostAddresses(advertised, AddressFamily.InterNetwork)[0];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new StartupException(
                $"Replays__Silo__AdvertisedAddress is neither an IP address nor a resolvable host name: {advertised}.", exception);
        }
    }

    private static int FreeLoopbackPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
