using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Replays.Data.GrainStorage;
using Replays.Data.Sql;

namespace Replays.Silo.Hosting;

/// <summary>Who belongs to the cluster, where it is reached, and how soon it notices that somebody is gone.</summary>
public static class ClusteringHosting
{
    /// <summary>A caller waits no longer than this for a grain's answer.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Membership in PostgreSQL.</summary>
    public static ISiloBuilder UseReplaysClustering(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<ReplaysSiloOptions>().BindConfiguration("Replays:Silo").ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<ReplaysSiloOptions>>((endpoints, options) => Listen(endpoints, options.Value));
        silo.UseAdoNetClustering(options => options.Configure<NpgsqlDataSource>((clustering, database) =>
        {
            clustering.Invariant = StorageHosting.InvariantOf(database);
            clustering.DataSource = database;
        }));
        // A killed silo is noticed in 2 to 3 s (default 6 to 7), one behind a network partition in 6 to 7 s (default 64).
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            // Of three silos two that die together need a witness whose own sign of life is fresh: noticed in 3 s so, in 83 s with the defaults.
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(0.5);
            options.NumMissedTableIAmAliveLimit = 4;
        });
        silo.Services.AddHostedService<StaleSiloDetector>();
        return silo.UseShortTimeouts();
    }

    /// <summary>One silo, in this process, for this process: reachable on the loopback interface only, on a free port, and without a gateway.</summary>
    public static ISiloBuilder UseEmbeddedClustering(this ISiloBuilder silo)
    {
        var port = FreeLoopbackPort();
        silo.UseLocalhostClustering(port, gatewayPort: 0);
        return silo.UseShortTimeouts();
    }

    /// <summary>A client of the cluster. It keeps trying to connect for as long as no silo is there.</summary>
    public static IClientBuilder UseReplaysClustering(this IClientBuilder client)
    {
        client.UseAdoNetClustering(options => options.Configure<NpgsqlDataSource>((clustering, database) =>
        {
            clustering.Invariant = StorageHosting.InvariantOf(database);
            clustering.DataSource = database;
        }));
        client.UseConnectionRetryFilter<RetryForeverFilter>();
        client.Services.NameCluster();
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        return client.AddActivityPropagation();
    }

    private static ISiloBuilder UseShortTimeouts(this ISiloBuilder silo)
    {
        silo.Services.NameCluster();
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout); // the silo's own, hosted client
        return silo.AddActivityPropagation();
    }

    private static void NameCluster(this IServiceCollection services)
    {
        services.AddOptions<ReplaysClusterOptions>().BindConfiguration("Replays:Cluster").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ClusterOptions>().Configure<IOptions<ReplaysClusterOptions>>((cluster, options) =>
        {
            cluster.ClusterId = options.Value.ClusterId;
            cluster.ServiceId = options.Value.ServiceId;
        });
    }

    private static void Listen(EndpointOptions endpoints, ReplaysSiloOptions options)
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
            throw new StartupException($"Replays__Silo__AdvertisedAddress is neither an IP address nor a known host name: {advertised}.", exception);
        }
    }

    private static int FreeLoopbackPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
