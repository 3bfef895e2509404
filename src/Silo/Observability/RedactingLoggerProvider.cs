using Replays.Data.GrainStorage;

namespace Replays.Silo.Observability;

/// <summary>Wraps a logger provider with redaction. Scopes are dropped, because they contain paths.</summary>
internal sealed class RedactingLoggerProvider(ILoggerProvider inner) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new RedactingLogger(inner.CreateLogger(categoryName), IsOwn(categoryName));

    public void Dispose() => inner.Dispose();

    /// <summary>Own messages and those of the host contain no personal data. Orleans logs under the category of the storage.</summary>
    private static bool IsOwn(string category) => category == "Microsoft.Hosting.Lifetime"
        || (category.StartsWith("Replays.", StringComparison.Ordinal) && category != typeof(GuardedGrainStorage).FullName);
}
