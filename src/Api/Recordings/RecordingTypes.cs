using Replays.Media.Containers;

namespace Replays.Api.Recordings;

/// <summary>The accepted media: section <c>Replays:Media</c>.</summary>
public sealed class RecordingTypes
{
    public const string Section = "Replays:Media";

    /// <summary>The content types that a recording may declare. Default: <see cref="MediaContentTypes.Default"/>.</summary>
    public string[] ContentTypes { get; set; } = [];
}
