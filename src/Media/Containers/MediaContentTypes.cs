using Microsoft.Net.Http.Headers;
using Replays.Grains.Consultations;

namespace Replays.Media.Containers;

/// <summary>The content types a recording may declare. Parameters (<c>video/webm;codecs=vp8</c>) are ignored.</summary>
public static class MediaContentTypes
{
    /// <summary>
    /// Default of <c>Replays:Media:ContentTypes</c>: the types whose tracks can be checked. Ogg, MP3, ADTS and WAV are excluded, because
    /// chained streams and pictures in tags can be anywhere in them. A deployment that allows such a type accepts it unchecked.
    /// </summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "audio/mp4", "audio/webm", "audio/matroska", "audio/x-matroska",
        "video/mp4", "video/webm", "video/matroska", "video/x-matroska",
    ];

    /// <summary>
    /// Whether a recording may be opened with this type: one of <paramref name="allowed"/>; <c>audio/*</c> in mode audio, <c>audio/*</c> or
    /// <c>video/*</c> in mode video, none in mode chat. <c>audio/*</c> in mode video cannot be sealed, for lack of a video track.
    /// </summary>
    public static bool Allows(IEnumerable<string> allowed, string? contentType, ConsultationMode mode) =>
        Parse(contentType) is { } type
        && allowed.Any(one => type.MediaType.Equals(one, StringComparison.OrdinalIgnoreCase))
        && mode switch
        {
            ConsultationMode.Audio => IsKind(type, "audio"),
            ConsultationMode.Video => IsKind(type, "audio") || IsKind(type, "video"),
            _ => false,
        };

    internal static bool IsVideo(string contentType) => Parse(contentType) is { } type && IsKind(type, "video");

    /// <summary>The container of a type; null if its tracks cannot be checked.</summary>
    internal static MediaContainer? ContainerOf(string contentType) => Parse(contentType)?.SubType.Value?.ToLowerInvariant() switch
    {
        "mp4" => MediaContainer.Mp4,
        "webm" => MediaContainer.WebM,
        "matroska" or "x-matroska" => MediaContainer.Matroska,
        _ => null,
    };

    private static MediaTypeHeaderValue? Parse(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : null;

    private static bool IsKind(MediaTypeHeaderValue type, string kind) => type.Type.Equals(kind, StringComparison.OrdinalIgnoreCase);
}
