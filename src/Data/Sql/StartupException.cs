namespace Replays.Data.Sql;

/// <summary>Why a program does not start, in words that tell an operator what to do. Programs print the message alone and exit with 1.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
