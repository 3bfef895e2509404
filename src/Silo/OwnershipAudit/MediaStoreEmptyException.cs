namespace Replays.Silo.OwnershipAudit;

/// <summary>All media are missing at once: that is not a million lost replays, it is a store that is not the one, or not there.</summary>
internal sealed class MediaStoreEmptyException(long references)
    : Exception($"The media store is empty or away, while the database refers to {references} objects in it. Is it the right one, and is it mounted?");
