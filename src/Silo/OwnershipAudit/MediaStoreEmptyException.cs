namespace Replays.Silo.OwnershipAudit;

/// <summary>All referenced media are missing, which indicates a wrong or unmounted store rather than individual losses.</summary>
internal sealed class MediaStoreEmptyException(long references) : Exception(
    $"The media store is empty, but the database references {references} objects in it. Check that this is the right store and mounted.");
