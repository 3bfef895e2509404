namespace Replays.Media.Encryption;

/// <summary>
/// The stored media are not those written under this name and key: altered, truncated, extended, reordered, foreign or incomplete.
/// No altered byte has been returned.
/// </summary>
public sealed class MediaIntegrityException(Exception? cause = null) : Exception("Stored media failed authentication.", cause);
