using Orleans.Dashboard;

namespace Replays.Silo.Observability;

/// <summary>The Orleans dashboard with activation counts and call durations. Off by default.</summary>
public static class DashboardHosting
{
    /// <summary><c>Replays:Dashboard:Enabled</c>: for silos, which then measure every call, and for the Api nodes that show it.</summary>
    public static bool HasDashboard(this IConfiguration configuration) => configuration.GetValue<bool>("Replays:Dashboard:Enabled");

    internal static void AddReplaysDashboard(this ISiloBuilder silo)
    {
        if (silo.Configuration.HasDashboard())
            silo.AddDashboard(Configure);
    }

    internal static void AddReplaysDashboard(this IClientBuilder client)
    {
        if (client.Configuration.HasDashboard())
            client.AddDashboard(Configure);
    }

    /// <summary>Hides the log stream, which is not redacted.</summary>
    private static void Configure(DashboardOptions options) => options.HideTrace = true;
}
