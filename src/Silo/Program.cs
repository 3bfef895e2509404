using Replays.Data.Sql;
using Replays.Silo.Commands;
using Replays.Silo.Hosting;
using Replays.Silo.Observability;

// Content is read from the program's directory, data from the working directory.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

return args switch
{
    ["health", var url] => await HealthCommand.Run(url),
    ["audit", .. var arguments] => await AuditCommand.Run(builder, arguments),
    ["migrate", ..] => MigrateCommand.Run(builder.Configuration),
    _ => await ReplaysHosting.RunProgram(Silo),
};

WebApplication Silo()
{
    if (builder.Configuration.IsEmbedded())
        throw new StartupException("Set ConnectionStrings__Replays to the PostgreSQL database of the cluster.");

    builder.ListenByDefaultOn("http://localhost:5081");
    // Requests are only health checks, every few seconds.
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    builder.AddReplaysSilo();
    builder.AddReplaysTelemetry("replays-silo");

    var app = builder.Build();
    app.UseReplaysMetrics();
    app.MapReplaysHealth();
    return app;
}
