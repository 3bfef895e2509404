using Replays.Grains.Consultations;

namespace Replays.Media.Containers;

/// <summary>
/// The number of tracks in a media stream by kind. Consent is per mode, so the kind depends on what a player could show, not on what the
/// file declares:
/// <list type="bullet">
/// <item><b>Video</b>: moving pictures. MP4: handler <c>vide</c>, <c>auxv</c> or <c>pict</c>; Matroska: track type 1.</item>
/// <item><b>Audio</b>: MP4 handler <c>soun</c>, Matroska track type 2, with a known audio codec and no sign of pictures.</item>
/// <item><b>Other</b>: text and timed data whose format cannot carry pictures: text subtitles, chapters, time codes, hints.</item>
/// <item><b>Unclear</b>: the rest, because players guess: unknown codecs, contradictory handlers, no samples, bitmap subtitles.</item>
/// </list>
/// Audio and Video count only readable tracks: with a known codec and samples. A still picture outside any track (cover art, a Matroska
/// attachment) is not video: it records nobody, and audio players show it at most beside the sound. In an unreadable or other container all
/// counts are 0.
/// </summary>
public sealed record MediaTracks(MediaContainer Container, int Audio = 0, int Video = 0, int Other = 0, int Unclear = 0)
{
    /// <summary>
    /// Reads the tracks of a stream and skips the media data. All top-level parts are read, so a second set of tracks after the media
    /// counts as well. Needs about 4 KiB of memory and one small read per part; a malicious file costs at most 8 million steps and reads
    /// little more than its own length.
    /// </summary>
    /// <param name="media">Seekable plaintext of known length. It stays open, at an arbitrary position.</param>
    /// <returns>
    /// Invalid content is <see cref="MediaContainer.Unreadable"/>, not an exception. Exceptions of <paramref name="media"/> propagate,
    /// because a failing store does not make a recording unreadable.
    /// </returns>
    public static async ValueTask<MediaTracks> ReadAsync(Stream media, CancellationToken cancellation = default)
    {
        var window = new ByteWindow(media, cancellation);
        var first = await window.Read(0, 8);
        if (first.Length == 8 && first.Span[4..].SequenceEqual("ftyp"u8))
            return await new Mp4Reader(window).Read();
        if (first.Length == 8 && first.Span.StartsWith(MatroskaReader.Signature))
            return await new MatroskaReader(window).Read();
        return new(MediaContainer.Other);
    }

    /// <summary>
    /// Checks the tracks of a recording in <paramref name="mode"/>, declared as <paramref name="contentType"/>: it needs a readable track
    /// of the mode's kind and, in mode audio or under <c>audio/*</c>, nothing that may be pictures. A type whose tracks cannot be checked,
    /// which only a deployment's own list can allow, passes unless the content is one of the known containers.
    /// </summary>
    public TrackCheckResult Check(string contentType, ConsultationMode mode)
    {
        var declared = MediaContentTypes.ContainerOf(contentType);
        if (declared is null)
            return Container == MediaContainer.Other ? TrackCheckResult.Ok : TrackCheckResult.ContainerMismatch;
        if (Container == MediaContainer.Unreadable)
            return TrackCheckResult.Unreadable;
        // WebM is a subset of Matroska and may be declared as such, but not the reverse.
        if (Container != declared && (Container, declared) != (MediaContainer.WebM, MediaContainer.Matroska))
            return TrackCheckResult.ContainerMismatch;
        if (Video + Unclear > 0 && !(mode == ConsultationMode.Video && MediaContentTypes.IsVideo(contentType)))
            return TrackCheckResult.VideoInAudio;
        var requiredTracks = mode switch { ConsultationMode.Audio => Audio, ConsultationMode.Video => Video, _ => 0 };
        return requiredTracks > 0 ? TrackCheckResult.Ok : TrackCheckResult.MissingTrack;
    }

    internal static MediaTracks Of(MediaContainer container, IReadOnlyCollection<TrackKind> kinds) => new(
        container, kinds.Count(kind => kind == TrackKind.Audio), kinds.Count(kind => kind == TrackKind.Video),
        kinds.Count(kind => kind == TrackKind.Other), kinds.Count(kind => kind == TrackKind.Unclear));
}
