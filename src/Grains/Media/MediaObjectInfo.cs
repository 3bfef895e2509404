namespace Replays.Grains.Media;

/// <summary>What a store tells of an object without its key.</summary>
/// <param name="ObjectKey">Its key; see <see cref="MediaObjectKey"/>.</param>
/// <param name="Bytes">What it takes up, checkpoint included.</param>
/// <param name="CreatedAt">When it was first there; where the store can't tell (S3), the same as <paramref name="ModifiedAt"/>.</param>
/// <param name="ModifiedAt">When it last changed.</param>
public readonly record struct MediaObjectInfo(string ObjectKey, long Bytes, DateTimeOffset CreatedAt, DateTimeOffset ModifiedAt);
