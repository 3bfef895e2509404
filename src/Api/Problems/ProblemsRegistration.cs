namespace Replays.Api.Problems;

public static class ProblemsRegistration
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProblemDetailsService, ProblemWriter>();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        // Always through the exception handler, not only in Development: so that every kind of bad input gets the same form.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddValidation();
    }

    /// <summary>Every error has a body, also those that the framework answers with a bare status.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context =>
            new Problem(ProblemKind.ForStatus(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));
    }
}
