using Replays.Grains.Identity;

namespace Replays.Media.Stores;

/// <summary>What a store tells of an object without its key.</summary>
/// <param name="ObjectKey">Its key; see <see cref="MediaObjectKey"/>.</param>
/// <param name="BodyBytes">How long its body is; 0 without one.</param>
/// <param name="ModifiedAt">When its body last changed, or what there is without one.</param>
public readonly record struct MediaObjectInfo(string ObjectKey, long BodyBytes, DateTimeOffset ModifiedAt);
