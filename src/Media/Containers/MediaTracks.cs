using Replays.Grains.Consultations;

namespace Replays.Media.Containers;

/// <summary>
/// The tracks in a media stream by kind. Consent is per mode, so the question is what a player could show, not what the file calls itself:
/// <list type="bullet">
/// <item><b>Video</b>: anything that moves. MP4: handler <c>vide</c>, <c>auxv</c> or <c>pict</c>; Matroska: track type 1.</item>
/// <item><b>Audio</b>: MP4 handler <c>soun</c>, Matroska track type 2, with a codec known to be sound and nothing in it that speaks of
/// pictures.</item>
/// <item><b>Other</b>: text and timed data whose format cannot carry pictures: subtitles as text, chapters, time codes, hints.</item>
/// <item><b>Unclear</b>: the rest, because players guess: an unknown codec, contradictory handlers, a track without samples, bitmap
/// subtitles.</item>
/// </list>
/// Audio and Video are counted only when readable: a codec known here, and samples. A still picture that is no track (cover art, a Matroska
/// attachment) is not video: it is not a recording of anybody, and a player of sound shows it at most as a picture beside it.
/// </summary>
/// <param name="Container">What holds them; with <c>Unreadable</c> and <c>Other</c> all counts are 0.</param>
/// <param name="Audio">Readable audio tracks.</param>
/// <param name="Video">Readable video tracks.</param>
/// <param name="Other">Tracks that can hold neither sound nor pictures.</param>
/// <param name="Unclear">Tracks that may hold pictures for all that can be told.</param>
public sealed record MediaTracks(MediaContainer Container, int Audio = 0, int Video = 0, int Other = 0, int Unclear = 0)
{
    /// <summary>
    /// Reads a stream from its beginning down to its tracks, stepping over the media themselves. All top-level parts are read, so that a
    /// second set of tracks behind the media counts as much as the first. Needs about 4 KiB of memory and, for a few thousand parts, as
    /// many small reads; an attacker's file costs at most 8 million steps and little more than its own length in reads.
    /// </summary>
    /// <param name="media">Seekable, of known length, in the clear. It is left open, at any position.</param>
    /// <param name="cancellation">Ends the reading early, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Never fails because of what is read: that is <see cref="MediaContainer.Unreadable"/>. What <paramref name="media"/> itself
    /// throws, passes: a store that is away says nothing about a recording.</returns>
    public static async ValueTask<MediaTracks> ReadAsync(Stream media, CancellationToken cancellation = default)
    {
        var window = new ByteWindow(media, cancellation);
        var first = await window.At(0, 8);
        if (first.Length == 8 && first.Span[4..].SequenceEqual("ftyp"u8))
            return await new Mp4Reader(window).ReadAsync();
        if (first.Length == 8 && first.Span.StartsWith(MatroskaReader.Signature))
            return await new MatroskaReader(window).ReadAsync();
        return new(MediaContainer.Other);
    }

    /// <summary>
    /// Whether these tracks are what a recording in <paramref name="mode"/>, declared as <paramref name="contentType"/>, may and must
    /// hold: a readable track of the mode's kind, and in mode audio, or under <c>audio/*</c>, nothing that could be pictures. A type that
    /// cannot be looked into, which only a deployment's own list can allow, fits unseen unless it is one of the known containers in
    /// disguise.
    /// </summary>
    public TrackCheckResult Check(string contentType, ConsultationMode mode)
    {
        var declared = MediaContentTypes.ContainerOf(contentType);
        if (declared is null)
            return Container == MediaContainer.Other ? TrackCheckResult.Ok : TrackCheckResult.OtherContainer;
        if (Container == MediaContainer.Unreadable)
            return TrackCheckResult.Unreadable;
        // WebM is Matroska with fewer codecs, so it may call itself that; not the other way round.
        if (Container != declared && (Container, declared) != (MediaContainer.WebM, MediaContainer.Matroska))
            return TrackCheckResult.OtherContainer;
        if (Video + Unclear > 0 && !(mode == ConsultationMode.Video && MediaContentTypes.IsVideo(contentType)))
            return TrackCheckResult.VideoInAudio;
        var ofItsKind = mode switch { ConsultationMode.Audio => Audio, ConsultationMode.Video => Video, _ => 0 };
        return ofItsKind > 0 ? TrackCheckResult.Ok : TrackCheckResult.NoTrackOfItsKind;
    }

    internal static MediaTracks Of(MediaContainer container, IReadOnlyCollection<TrackKind> kinds) => new(
        container,
        kinds.Count(kind => kind == TrackKind.Audio),
        kinds.Count(kind => kind == TrackKind.Video),
        kinds.Count(kind => kind == TrackKind.Other),
        kinds.Count(kind => kind == TrackKind.Unclear));
}
