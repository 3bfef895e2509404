using Replays.Data.Sql;
using Replays.Media.Stores;
using Replays.Silo.Hosting;

namespace Replays.Api;

public static class BackendRegistration
{
    /// <summary>Embeds a silo with SQLite or, if <c>ConnectionStrings:Replays</c> is set, connects to the cluster as a client.</summary>
    public static void AddReplaysBackend(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.IsEmbedded())
        {
            builder.AddReplaysSilo();
            return;
        }

        builder.AddReplaysClient();
        builder.Services.AddReplaysGrains().AddMediaStore(builder.Configuration).AddMediaHealth();
    }
}
