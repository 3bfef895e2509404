using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Replays.Grains.Tests.Safeguards;

internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Line)> _lines = new();

    public IEnumerable<string> LinesOf(string categoryPrefix) =>
        _lines.Where(entry => entry.Category.StartsWith(categoryPrefix, StringComparison.Ordinal)).Select(entry => entry.Line);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(string, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, $"{formatter(state, exception)} {exception}"));
    }
}
