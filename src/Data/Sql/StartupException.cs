namespace Replays.Data.Sql;

/// <summary>A program cannot start. Programs print only the message, which tells an operator what to do, and exit with code 1.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
