namespace Replays.Media.Encryption;

/// <summary>A recording's media and the inputs for decrypting them.</summary>
/// <param name="ObjectKey">See <see cref="Grains.Identity.MediaObjectKey"/>. Random, and used for this recording only.</param>
/// <param name="Name">The recording's full name, the associated data: under another name the media do not decrypt.</param>
/// <param name="DataKey">The recording's own data key: 32 random bytes.</param>
public sealed record MediaObject(string ObjectKey, string Name, ReadOnlyMemory<byte> DataKey)
{
    /// <summary>Keeps names and keys out of logs.</summary>
    public override string ToString() => nameof(MediaObject);
}
