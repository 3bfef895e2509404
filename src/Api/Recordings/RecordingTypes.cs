using Replays.Media.Containers;

namespace Replays.Api.Recordings;

/// <summary>Which media are taken: section <c>Replays:Media</c>.</summary>
public sealed class RecordingTypes
{
    public const string Section = "Replays:Media";

    /// <summary>Content types a recording may declare. Default: those that can be looked into, see <see cref="MediaContentTypes.Default"/>.</summary>
    public string[] ContentTypes { get; set; } = [];
}
