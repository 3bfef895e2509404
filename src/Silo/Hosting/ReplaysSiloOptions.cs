using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Hosting;

/// <summary>Section <c>Replays:Silo</c>: endpoints and startup of a cluster member. Not used when embedded.</summary>
public sealed class ReplaysSiloOptions
{
    /// <summary>The port for other silos. Default 11111.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port for clients (Api processes). Default 30000.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>An IP address or host name. Default: the machine's address. If loopback, the silo listens only on that address.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>How long startup waits for a reachable, migrated database. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DatabaseWait { get; set; } = TimeSpan.FromSeconds(60);
}
