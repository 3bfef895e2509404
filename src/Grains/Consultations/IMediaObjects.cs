namespace Replays.Grains.Consultations;

/// <summary>The encrypted media objects of recordings. A consultation knows their keys and deletes them; nothing else.</summary>
public interface IMediaObjects
{
    /// <summary>Deletes an object with everything that belongs to it. Repeatable; not there: nothing to do.</summary>
    Task Delete(string objectKey, CancellationToken cancellation);
}
