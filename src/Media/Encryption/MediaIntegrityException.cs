namespace Replays.Media.Encryption;

/// <summary>Stored media are altered, truncated, extended, reordered, foreign or incomplete. No altered byte has been returned.</summary>
public sealed class MediaIntegrityException(Exception? cause = null) : Exception("Stored media failed authentication.", cause);
