namespace Replays.Media.Stores;

/// <summary>Metadata of a stored object, available without its data key.</summary>
/// <param name="ObjectKey">See <see cref="MediaObjectKey"/>.</param>
/// <param name="BodyBytes">Length of the body; 0 without one.</param>
/// <param name="ModifiedAt">Last change of the body, or of the object if it has none.</param>
public readonly record struct MediaObjectInfo(string ObjectKey, long BodyBytes, DateTimeOffset ModifiedAt);
