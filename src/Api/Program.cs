using Microsoft.Extensions.Options;
using Replays.Api.Consultations;
using Replays.Api.Json;
using Replays.Api.Problems;
using Replays.Api.Recordings;
using Replays.Api.Replays;
using Replays.Api.Security;
using Replays.Silo.Hosting;

// A published program is started from any directory: what belongs to it is found beside it, its data in the working directory.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

try
{
    builder.ListenByDefaultOn("http://localhost:5080");
    // Paths hold patient ids: requests are not logged.
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
    builder.AddReplaysBackend();
    builder.AddProblems();
    builder.AddStrictJson();
    builder.AddTokens();
    builder.AddBrowserRules();
    builder.AddRecordings();
    builder.AddReplays();
    builder.Services.AddOpenApi();

    var app = builder.Build();
    app.UseBrowserRules();
    app.UseProblems();
    app.UseRouting();
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapReplaysHealth();
    app.MapOpenApi().AllowAnonymous();
    app.MapConsultations();
    app.MapOwnConsultations();
    app.MapRecordings();
    app.MapReplays();
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is StartupException or OptionsValidationException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
