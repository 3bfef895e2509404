using Orleans.Dashboard;

namespace Replays.Silo.Observability;

/// <summary>Orleans' own dashboard: which grains there are how many of, where, and how long their calls take. Off by default.</summary>
public static class DashboardHosting
{
    /// <summary><c>Replays:Dashboard:Enabled</c>: for silos, which measure every call then, and for the Api nodes that show it.</summary>
    public static bool HasDashboard(this IConfiguration configuration) => configuration.GetValue<bool>("Replays:Dashboard:Enabled");

    internal static void AddReplaysDashboard(this ISiloBuilder silo)
    {
        if (silo.Configuration.HasDashboard())
            silo.AddDashboard(Choose);
    }

    internal static void AddReplaysDashboard(this IClientBuilder client)
    {
        if (client.Configuration.HasDashboard())
            client.AddDashboard(Choose);
    }

    /// <summary>Its log stream holds whatever is logged, names and all.</summary>
    private static void Choose(DashboardOptions options) => options.HideTrace = true;
}
