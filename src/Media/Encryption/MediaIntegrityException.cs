namespace Replays.Media.Encryption;

/// <summary>
/// The stored media are not what was written under this name and key: altered, cut, extended, reordered, another's, or incomplete.
/// No byte that differs from what was written has been handed out.
/// </summary>
public sealed class MediaIntegrityException(Exception? cause = null) : Exception("Stored media failed authentication.", cause);
