using Replays.Api;
using Replays.Api.AuditTrail;
using Replays.Api.Consultations;
using Replays.Api.Controls;
using Replays.Api.Demo;
using Replays.Api.Exposure;
using Replays.Api.Incidents;
using Replays.Api.Incidents.Regulator;
using Replays.Api.Json;
using Replays.Api.OwnershipAudit;
using Replays.Api.Playback;
using Replays.Api.Recordings;
using Replays.Api.Replays;
using Replays.Data.Sql;
using Replays.Silo.Commands;
using Replays.Silo.Hosting;
using Replays.Silo.Observability;

if (args is ["health", var url])
    return await HealthCommand.Run(url);

// A published program can start in any directory: its own files are beside it, its data in the working directory.
var demo = DemoCommand.IsRequested(args) ? new DemoCommand() : null;
var builder = WebApplication.CreateBuilder(
    demo is null ? new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory } : DemoCommand.Options(args));

try
{
    demo?.Configure(builder);
    builder.ListenByDefaultOn("http://localhost:5080");
    // Requests are not logged, because their paths contain patient ids.
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    builder.AddReplaysBackend();
    builder.AddReplaysTelemetry("replays-api");
    builder.AddProblems();
    builder.AddStrictJson();
    builder.AddTokens();
    builder.AddSecurityHeaders();
    builder.AddRecordings();
    builder.AddReportLimit();
    builder.AddContractDocument();
    builder.Services.AddSingleton<ReplayReader>().AddSingleton<PlaybackUrls>().AddSingleton<PlaybackSessions>()
        .AddSingleton<ExposureReports>().AddSingleton<ReportService>().AddSingleton<RegulatorReports>();

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
    app.MapAuditTrails();
    app.MapOwnershipAudits();
    app.MapDocumentation();
    app.MapSecurityTxt();
    app.MapOrleansDashboard();
    app.EnsureAllAuthorized();
    app.RequireValidOptions();
    await app.StartAsync();
    if (demo is not null)
        await demo.Run(new Uri(app.Urls.First()));
    await app.WaitForShutdownAsync();
    return 0;
}
catch (StartupException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
