using Microsoft.Net.Http.Headers;
using Replays.Grains.Consultations;

namespace Replays.Media.Containers;

/// <summary>
/// The content types a recording may declare. A parameter (<c>video/webm;codecs=vp8</c>, as browsers' recorders write it) plays no part.
/// </summary>
public static class MediaContentTypes
{
    /// <summary>
    /// <c>Replays:Media:ContentTypes</c> unless configured: the types that can be looked into. Ogg, MP3, ADTS and WAV are not among them:
    /// streams chained anywhere, or pictures in tags, would have to be looked for in every byte. A deployment that lists such a type
    /// accepts it unseen.
    /// </summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "audio/mp4", "audio/webm", "audio/matroska", "audio/x-matroska",
        "video/mp4", "video/webm", "video/matroska", "video/x-matroska",
    ];

    /// <summary>
    /// Whether a recording in this mode may be opened with this type: one of <paramref name="listed"/>, audio or video, and no
    /// <c>video/*</c> in mode audio; nothing at all in mode chat. <c>audio/*</c> in mode video may be opened, but will not seal: it has
    /// no video track.
    /// </summary>
    public static bool Allows(IEnumerable<string> listed, string? contentType, ConsultationMode mode) =>
        Parse(contentType) is { } type
        && listed.Any(one => type.MediaType.Equals(one, StringComparison.OrdinalIgnoreCase))
        && mode switch
        {
            ConsultationMode.Audio => IsKind(type, "audio"),
            ConsultationMode.Video => IsKind(type, "audio") || IsKind(type, "video"),
            _ => false,
        };

    internal static bool IsVideo(string contentType) => Parse(contentType) is { } type && IsKind(type, "video");

    /// <summary>The container that a type promises; null if it is none that can be looked into.</summary>
    internal static MediaContainer? ContainerOf(string contentType) => Parse(contentType)?.SubType.Value?.ToLowerInvariant() switch
    {
        "mp4" => MediaContainer.Mp4,
        "webm" => MediaContainer.WebM,
        "matroska" or "x-matroska" => MediaContainer.Matroska,
        _ => null,
    };

    static MediaTypeHeaderValue? Parse(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : null;

    static bool IsKind(MediaTypeHeaderValue type, string kind) => type.Type.Equals(kind, StringComparison.OrdinalIgnoreCase);
}
