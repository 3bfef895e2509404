using Replays.Api.AuditTrail;
using Replays.Api.Consultations;
using Replays.Api.Controls;
using Replays.Api.Demo;
using Replays.Api.Exposure;
using Replays.Api.Incidents;
using Replays.Api.Incidents.Regulator;
using Replays.Api.Json;
using Replays.Api.OpenApi;
using Replays.Api.OwnershipAudit;
using Replays.Api.Playback;
using Replays.Api.Problems;
using Replays.Api.Recordings;
using Replays.Api.Replays;
using Replays.Api.Security;
using Replays.Data.Sql;
using Replays.Silo.Commands;
using Replays.Silo.Hosting;
using Replays.Silo.Observability;

if (args is ["health", var url])
    return await HealthCommand.Run(url);

// A published program is started from any directory: what belongs to it is found beside it, its data in the working directory.
var demo = DemoCommand.IsAsked(args) ? new DemoCommand() : null;
var builder = WebApplication.CreateBuilder(
    demo is null ? new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory } : DemoCommand.Options(args));

try
{
    demo?.Configure(builder);
    builder.ListenByDefaultOn("http://localhost:5080");
    // Paths hold patient ids: requests are not logged.
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    builder.AddReplaysBackend();
    builder.AddReplaysTelemetry("replays-api");
    builder.AddProblems();
    builder.AddStrictJson();
    builder.AddTokens();
    builder.AddSecurityHeaders();
    builder.AddRecordings();
    builder.AddReplays();
    builder.AddPlayback();
    builder.Services.AddSingleton<ReportService>().AddSingleton<RegulatorReports>();
    builder.AddReportLimit();
    builder.AddContractDocument();

    var app = builder.Build();
    app.UseReplaysMetrics();
    app.UseSecurityHeaders();
    app.UseProblems();
    app.UseRouting();
    app.UseRequestTimeout();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseRateLimiter();
    app.MapReplaysHealth();
    app.MapOpenApi().AllowAnonymous();
    app.MapConsultations();
    app.MapOwnConsultations();
    app.MapRecordings();
    app.MapReplays();
    app.MapPlayback();
    app.MapExposures();
    app.MapReports();
    app.MapIncidents();
    app.MapControls();
    app.MapTrails();
    app.MapOwnershipAudits();
    app.MapDocumentation();
    app.MapSecurityText();
    app.MapOrleansDashboard();
    app.EnsureAllAuthorized();
    app.RequireValidOptions();
    await app.StartAsync();
    if (demo is not null)
        await demo.Walk(new Uri(app.Urls.First()));
    await app.WaitForShutdownAsync();
    return 0;
}
catch (StartupException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
