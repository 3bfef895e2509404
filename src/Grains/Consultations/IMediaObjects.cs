namespace Replays.Grains.Consultations;

/// <summary>The encrypted media objects of recordings. Grains only delete them.</summary>
public interface IMediaObjects
{
    /// <summary>Deletes an object with everything that belongs to it. Idempotent.</summary>
    Task Delete(string objectKey, CancellationToken cancellation);
}
