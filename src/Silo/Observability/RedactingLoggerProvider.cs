using Replays.Data.GrainStorage;

namespace Replays.Silo.Observability;

/// <summary>Whatever a log goes to, it goes through here. Scopes go nowhere: they hold paths.</summary>
internal sealed class RedactingLoggerProvider(ILoggerProvider inner) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new RedactingLogger(inner.CreateLogger(categoryName), IsOwn(categoryName));

    public void Dispose() => inner.Dispose();

    /// <summary>
    /// The service's own messages hold nothing personal by rule, and the host's only addresses and paths of its own. In the storage's name it is Orleans
    /// that speaks.
    /// </summary>
    private static bool IsOwn(string category) => category == "Microsoft.Hosting.Lifetime"
        || (category.StartsWith("Replays.", StringComparison.Ordinal) && category != typeof(GuardedGrainStorage).FullName);
}
