using Replays.Data.Sql;
using Replays.Grains;
using Replays.Media.Stores;
using Replays.Silo.Hosting;

namespace Replays.Api.Replays;

public static class ReplayRegistration
{
    /// <summary>A silo of its own on SQLite, or, with <c>ConnectionStrings:Replays</c>, a client of the cluster.</summary>
    public static void AddReplaysBackend(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.IsEmbedded())
            builder.AddReplaysSilo();
        else
        {
            builder.AddReplaysClient();
            builder.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddMediaHealth();
        }
    }

    public static void AddReplays(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ReplayReader>();
}
