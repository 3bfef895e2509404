using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

/// <summary>Audio files that show pictures in one player or another. None of them may pass for sound.</summary>
public sealed class HiddenTracksTests
{
    static readonly byte[] VideoMoov = Clip.BoxOf(Clip.Video, "moov");
    static readonly byte[] Track = Clip.BoxOf(VideoMoov, "trak");

    /// <summary>An audio file with something more at the end of its moov.</summary>
    static byte[] InMoov(byte[] more) =>
        [.. Clip.BoxOf(Clip.Audio, "ftyp"), .. Clip.BoxOf(Clip.Audio, "mdat"),
            .. Clip.Box("moov", [.. Clip.BoxOf(Clip.Audio, "moov")[8..], .. more])];

    /// <summary>The browser's audio file, its Segment of unknown size, with something before what it holds.</summary>
    static byte[] InSegment(byte[] more)
    {
        var at = Clip.WebAudio.AsSpan().IndexOf((byte[])[0x18, 0x53, 0x80, 0x67]) + 12;
        return [.. Clip.WebAudio[..at], .. more, .. Clip.WebAudio[at..]];
    }

    static byte[] BeforeSegment(byte[] more)
    {
        var at = Clip.WebAudio.AsSpan().IndexOf((byte[])[0x18, 0x53, 0x80, 0x67]);
        return [.. Clip.WebAudio[..at], .. more, .. Clip.WebAudio[at..]];
    }

    public static TheoryData<string, byte[]> Mp4Files => new()
    {
        { "a second moov behind the media", [.. Clip.Audio, .. VideoMoov] },
        { "a moov renamed to free, which players look into", [.. Clip.Audio, .. Clip.Replace(VideoMoov, "moov", "free")] },
        { "a moov renamed to hoov", [.. Clip.Audio, .. Clip.Replace(VideoMoov, "moov", "hoov")] },
        { "a compressed moov", InMoov(Clip.Box("cmov", new byte[32])) },
        { "a track at the top", [.. Clip.Audio, .. Track] },
        { "a track in user data", InMoov(Clip.Box("udta", Track)) },
        { "a track in meta data of the file", [.. Clip.Audio, .. Clip.Box("meta", [0, 0, 0, 0, .. Track])] },
        { "a track in a fragment", [.. Clip.Read("audio-fragmented.m4a"), .. Clip.Box("moof", Clip.Box("traf", Track))] },
        { "a moov in a moov", InMoov(VideoMoov) },
        { "pictures under a handler for data", InMoov(Clip.Replace(Track, "vide", "meta")) },
        { "pictures under an unknown handler", InMoov(Clip.Replace(Track, "vide", "zzzz")) },
        { "pictures under the handler of sound", InMoov(Clip.Replace(Track, "vide", "soun")) },
        { "a codec that is not known", InMoov(Clip.Replace(Track, "avc1", "zzzz")) },
        { "a picture sequence", InMoov(Clip.Replace(Track, "vide", "pict")) },
        { "a second handler for the last track", InMoov(Clip.BoxOf(VideoMoov, "hdlr")) },
        { "a second sample description for the last track", InMoov(Clip.BoxOf(VideoMoov, "stsd")) },
    };

    public static TheoryData<string, byte[]> WebFiles => new()
    {
        { "a second Tracks behind the media", [.. Clip.WebAudio, .. Clip.TracksOf(Clip.WebVideo)] },
        { "a second Tracks before the first", InSegment(Clip.TracksOf(Clip.WebVideo)) },
        { "a second Segment", [.. Clip.Read("audio.webm"), .. Clip.WebVideo] },
        { "a second Segment behind one of unknown size", [.. Clip.WebAudio, .. Clip.WebVideo] },
        { "Tracks that only a SeekHead points at", InSegment(PointedAt(Clip.TracksOf(Clip.WebVideo))) },
        { "a SeekHead that only a SeekHead points at", InSegment(PointedAt(Clip.Element(0x114D9B74))) },
        { "Tracks within tags", InSegment(Clip.Element(0x1254C367, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks within Tracks", InSegment(Clip.Element(0x1654AE6B, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks within an element that is not known", InSegment(Clip.Element(0x1F00F00F, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in padding before the Segment", BeforeSegment(Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in a checksum before the Segment", BeforeSegment(Clip.Element(0xBF, Clip.TracksOf(Clip.WebVideo))) },
        { "Tracks in a second header", BeforeSegment(Clip.Element(0x1A45DFA3, Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo)))) },
        { "Tracks in padding between two Segments", [.. Clip.Read("audio.webm"), .. Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo))] },
        { "pictures in a track of sound", Clip.Replace(Clip.WebAudio, "A_OPUS", "V_OPUS") },
        { "a track of a type for bitmaps", Clip.Replace(Clip.WebAudio, "\u0083\u0081\u0002", "\u0083\u0081\u0010") },
    };

    [Theory]
    [MemberData(nameof(Mp4Files))]
    public async Task Pictures_hidden_in_an_mp4_do_not_pass_for_sound(string how, byte[] file) =>
        await RefusedAsync(how, file, "audio/mp4");

    [Theory]
    [MemberData(nameof(WebFiles))]
    public async Task Pictures_hidden_in_a_webm_do_not_pass_for_sound(string how, byte[] file) =>
        await RefusedAsync(how, file, "audio/webm");

    [Fact]
    public async Task The_same_files_without_anything_hidden_do_pass()
    {
        Assert.Equal(new(MediaContainer.Mp4, 1), await Clip.TracksAsync(InMoov([])));
        Assert.Equal(new(MediaContainer.Mp4, 2), await Clip.TracksAsync(InMoov(Clip.BoxOf(Clip.Audio, "trak"))));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.TracksAsync(InSegment([])));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.TracksAsync(InSegment(PointedAt([]))));
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.TracksAsync(InSegment(Clip.Element(0xEC, Clip.TracksOf(Clip.WebVideo)))));
        byte[] padded = [.. Clip.Read("audio.webm"), .. Clip.Element(0xEC, new byte[99])];
        Assert.Equal(new(MediaContainer.WebM, 1), await Clip.TracksAsync(padded));
        Assert.Equal(new(MediaContainer.WebM, 2), await Clip.TracksAsync([.. Clip.Read("audio.webm"), .. Clip.Read("audio.webm")]));
    }

    static async Task RefusedAsync(string how, byte[] file, string contentType)
    {
        var tracks = await Clip.TracksAsync(file);
        Assert.True(tracks.Check(contentType, ConsultationMode.Audio) is TrackCheckResult.VideoInAudio or TrackCheckResult.Unreadable, $"{how}: {tracks}");
    }

    /// <summary>A SeekHead that says its Cues are at a place within a Void.</summary>
    static byte[] PointedAt(byte[] hidden)
    {
        byte[] Head(byte position) => Clip.Element(0x114D9B74, Clip.Element(0x4DBB,
            [.. Clip.Element(0x53AB, 0x1C, 0x53, 0xBB, 0x6B), .. Clip.Element(0x53AC, position)]));
        return [.. Head((byte)(Head(0).Length + 6)), .. Clip.Element(0xEC, hidden)];
    }
}
