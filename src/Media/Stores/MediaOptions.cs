using Replays.Media.S3;

namespace Replays.Media.Stores;

/// <summary>The store of encrypted media: section <c>Replays:Media</c>.</summary>
internal sealed class MediaOptions
{
    public const string Section = "Replays:Media";

    /// <summary>Default: <see cref="MediaProvider.FileSystem"/>.</summary>
    public MediaProvider Provider { get; set; } = MediaProvider.FileSystem;

    /// <summary>The file system's folder, shared in a cluster. Default: <c>media</c> in <c>Replays:DataDirectory</c>.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The service for <see cref="MediaProvider.S3"/>.</summary>
    public S3MediaOptions S3 { get; set; } = new();
}
