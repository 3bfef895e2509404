using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

/// <summary>Audio files that show pictures in some player. None may be accepted as audio.</summary>
public sealed class HiddenTracksTests
{
    private static readonly byte[] VideoMoov = Clip.BoxOf(Clip.Video, "moov");
    private static readonly byte[] Track = Clip.BoxOf(VideoMoov, "trak");

    /// <summary>An audio file with additional boxes at the end of its moov.</summary>
    private static byte[] InMoov(byte[] added) =>
        [.. Clip.BoxOf(Clip.Audio, "ftyp"), .. Clip.BoxOf(Clip.Audio, "mdat"),
            .. Clip.Box("moov", [.. Clip.BoxOf(Clip.Audio, "moov")[8..], .. added])];

    /// <summary>The browser's audio file, with additional elements at the beginning of its Segment, whose size is unknown.</summary>
    private static byte[] InSegment(byte[] added) => InsertAtSegment(12, added);

    private static byte[] BeforeSegment(byte[] added) => InsertAtSegment(0, added);

    private static byte[] InsertAtSegment(int offset, byte[] added)
    {
        var at = Clip.WebAudio.AsSpan().IndexOf((byte[])[0x18, 0x53, 0x80, 0x67]) + offset;
        return [.. Clip.WebAudio[..at], .. added, .. Clip.WebAudio[at..]];
    }

    public static TheoryData<string, byte[]> Mp4Files => new()
    {
        { "a second moov after the media", [.. Clip.Audio, .. VideoMoov] },
        { "a moov renamed to free, which players read", [.. Clip.Audio, .. Clip.Replace(VideoMoov, "moov", "free")] },
        { "a moov renamed to hoov", [.. Clip.Audio, .. Clip.Replace(VideoMoov, "moov", "hoov")] },
        { "a compressed moov", InMoov(Clip.Box("cmov", new byte[32])) },
        { "a track at the top level", [.. Clip.Audio, .. Track] },
        { "a track in user data", InMoov(Clip.Box("udta", Track)) },
        { "a track in file metadata", [.. Clip.Audio, .. Clip.Box("meta", [0, 0, 0, 0, .. Track])] },
        { "a track in a fragment", [.. Clip.Read("audio-fragmented.m4a"), .. Clip.Box("moof", Clip.Box("traf", Track))] },
        { "a moov in a moov", InMoov(VideoMoov) },
        { "video under a data handler", InMoov(Clip.Replace(Track, "vide", "meta")) },
        { "video under an unknown handler", InMoov(Clip.Replace(Track, "vide", "zzzz")) },
        { "video under the audio handler", InMoov(Clip.Replace(Track, "vide", "soun")) },
        { "an unknown codec", InMoov(Clip.Replace(Track, "avc1", "zzzz")) },
        { "a picture sequence", InMoov(Clip.Replace(Track, "vide", "pict")) },
        { "a second handler for the last track", InMoov(Clip.BoxOf(VideoMoov, "hdlr")) },
        { "a second sample description for the last track", InMoov(Clip.BoxOf(VideoMoov, "stsd")) },
    };

    public static TheoryData<string, byte[]> WebFiles => new()
    {
        { "a second Tracks after the media", [.. Clip.WebAudio, .. Clip.TracksOf(Clip.WebVideo)] },
        { "a second Tracks before the first", InSegment(Clip.TracksOf(Clip.WebVideo)) },
        { "a second Segment", [.. Clip.Read("audio.webm"), .. Clip.WebVideo] },
        { "a second Segment after one of unknown size", [.. Clip.WebAudio, .. Clip.WebVideo] },
        { "Tracks that only a SeekHead references", InSegment(ReferencedBySeekHead(Clip.TracksOf(Clip.WebVideo))) },
        { "a SeekHead that only a SeekHead references", InSegment(ReferencedBySeekHead(Clip.Element(0x114D9B74))) },
        { "Tracks within tags", InSegment(Clip.Element(0x1254C367, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks within Tracks", InSegment(Clip.Element(0x1654AE6B, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks within an unknown element", InSegment(Clip.Element(0x1F00F00F, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in padding before the Segment", BeforeSegment(Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in a checksum before the Segment", BeforeSegment(Clip.Element(0xBF, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in a second header", BeforeSegment(Clip.Element(0x1A45DFA3, Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo)))) },
        { "Tracks in padding between two Segments", [.. Clip.Read("audio.webm"), .. Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo))] },
        { "video in an audio track", Clip.Replace(Clip.WebAudio, "A_OPUS", "V_OPUS") },
        { "a bitmap track", Clip.Replace(Clip.WebAudio, "\u0083\u0081\u0002", "\u0083\u0081\u0010") },
    };

    [Theory]
    [MemberData(nameof(Mp4Files))]
    public async Task Video_hidden_in_an_mp4_is_not_accepted_as_audio(string fault, byte[] file) =>
        await AssertRejected(fault, file, "audio/mp4");

    [Theory]
    [MemberData(nameof(WebFiles))]
    public async Task Video_hidden_in_a_webm_is_not_accepted_as_audio(string fault, byte[] file) =>
        await AssertRejected(fault, file, "audio/webm");

    [Fact]
    public async Task Same_files_without_hidden_video_are_accepted()
    {
        Assert.Equal(new(MediaContainer.Mp4, 1), await Clip.ReadTracks(InMoov([])));
        Assert.Equal(new(MediaContainer.Mp4, 2), await Clip.ReadTracks(InMoov(Clip.BoxOf(Clip.Audio, "trak"))));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.ReadTracks(InSegment([])));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.ReadTracks(InSegment(ReferencedBySeekHead([]))));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.ReadTracks(InSegment(Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo)))));
        byte[] padded = [.. Clip.Read("audio.webm"), .. Clip.Element(0xEC, new byte[99])];
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.ReadTracks(padded));
        Assert.Equal(new(MediaContainer.WebM, 2), await Clip.ReadTracks([.. Clip.Read("audio.webm"), .. Clip.Read("audio.webm")]));
    }

    private static async Task AssertRejected(string fault, byte[] file, string contentType)
    {
        var tracks = await Clip.ReadTracks(file);
        var result = tracks.Check(contentType, ConsultationMode.Audio);
        Assert.True(result is TrackCheckResult.VideoInAudio or TrackCheckResult.Unreadable, $"{fault}: {tracks}");
    }

    /// <summary>A SeekHead that locates its Cues within a Void element.</summary>
    private static byte[] ReferencedBySeekHead(byte[] hidden)
    {
        byte[] Head(byte position) => Clip.Element(0x114D9B74, Clip.Element(0x4DBB,
            [.. Clip.Element(0x53AB, 0x1C, 0x53, 0xBB, 0x6B), .. Clip.Element(0x53AC, position)]));
        return [.. Head((byte)(Head(0).Length + 6)), .. Clip.Element(0xEC, hidden)];
    }
}
