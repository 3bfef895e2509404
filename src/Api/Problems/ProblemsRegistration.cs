namespace Replays.Api.Problems;

public static class ProblemsRegistration
{
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IProblemDetailsService, ProblemWriter>();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        // The default is to throw in Development only; here every invalid request goes through the exception handler.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddValidation();
    }

    /// <summary>Gives every error a body, including those that the framework returns as a bare status.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context =>
            new Problem(ProblemKind.ForStatus(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));
    }
}
