namespace Replays.Media.Encryption;

/// <summary>One recording's media and what is needed to read them.</summary>
/// <param name="ObjectKey">Where they lie: see <see cref="Grains.Media.MediaObjectKey"/>. Random, and used for this recording only.</param>
/// <param name="Name">The recording's full name: associated data. Under another name the media don't decrypt.</param>
/// <param name="DataKey">The recording's own data key: 32 bytes, of random.</param>
public sealed record MediaObject(string ObjectKey, string Name, ReadOnlyMemory<byte> DataKey)
{
    /// <summary>Nothing that could reach a log.</summary>
    public override string ToString() => nameof(MediaObject);
}
