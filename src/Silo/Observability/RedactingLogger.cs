using System.Net;

namespace Replays.Silo.Observability;

/// <summary>
/// Removes potential personal data. Messages of other libraries keep their template and values that cannot contain a name: Orleans logs
/// grain keys and call arguments. Exceptions keep only type and stack trace, because their messages may contain keys.
/// </summary>
internal sealed class RedactingLogger(ILogger inner, bool isOwn) : ILogger
{
    private const string Template = "{OriginalFormat}", Hidden = "…";

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var values = (state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            .Select(pair => KeyValuePair.Create(pair.Key, Redact(pair))).ToList();
        var message = isOwn ? formatter(state, null) : Fill(values);
        if (exception is not null)
        {
            message = $"{message} {Describe(exception)}";
            values.Add(new("exception.type", exception.GetType().FullName));
        }
        inner.Log(logLevel, eventId, values, null, (_, _) => message);
    }

    private object? Redact(KeyValuePair<string, object?> pair) => isOwn || pair.Key == Template ? pair.Value : Redact(pair.Value);

    private static object? Redact(object? value) => value switch
    {
        null or bool or Enum or TimeSpan or DateTime or DateTimeOffset or IPEndPoint or SiloAddress or Type or GrainType => value,
        IFormattable number when value.GetType().IsPrimitive => number,
        _ => Hidden,
    };

    private static string Fill(List<KeyValuePair<string, object?>> values)
    {
        // Without a template the message is preformatted and may contain anything.
        if (values.FirstOrDefault(pair => pair.Key == Template).Value is not string message)
            return Hidden;
        foreach (var (key, value) in values.Where(pair => pair.Key != Template))
            message = message.Replace($"{{{key}}}", $"{value}", StringComparison.Ordinal);
        return message;
    }

    private static string Describe(Exception exception) => exception.InnerException is { } inner
        ? $"{exception.GetType()} <- {Describe(inner)}"
        : $"{exception.GetType()}{Environment.NewLine}{exception.StackTrace}";
}
