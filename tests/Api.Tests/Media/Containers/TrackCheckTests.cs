using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

public sealed class TrackCheckTests
{
    [Theory]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Audio, TrackCheckResult.Ok)]
    [InlineData("audio-with-text.m4a", "audio/mp4", ConsultationMode.Audio, TrackCheckResult.Ok)]
    [InlineData("browser-audio.webm", "audio/webm;codecs=opus", ConsultationMode.Audio, TrackCheckResult.Ok)]
    [InlineData("audio.mka", "audio/x-matroska", ConsultationMode.Audio, TrackCheckResult.Ok)]
    [InlineData("audio.webm", "audio/matroska", ConsultationMode.Audio, TrackCheckResult.Ok)]
    [InlineData("av-faststart.mp4", "video/mp4", ConsultationMode.Video, TrackCheckResult.Ok)]
    [InlineData("video-only.mp4", "video/mp4", ConsultationMode.Video, TrackCheckResult.Ok)]
    [InlineData("browser-av.webm", "VIDEO/WebM; codecs=\"vp8,opus\"", ConsultationMode.Video, TrackCheckResult.Ok)]
    [InlineData("browser-av.mkv", "video/x-matroska", ConsultationMode.Video, TrackCheckResult.Ok)]
    [InlineData("av-faststart.mp4", "audio/mp4", ConsultationMode.Audio, TrackCheckResult.VideoInAudio)]
    [InlineData("av-faststart.mp4", "video/mp4", ConsultationMode.Audio, TrackCheckResult.VideoInAudio)]
    [InlineData("av-faststart.mp4", "audio/mp4", ConsultationMode.Video, TrackCheckResult.VideoInAudio)]
    [InlineData("av.webm", "audio/webm", ConsultationMode.Audio, TrackCheckResult.VideoInAudio)]
    [InlineData("av.mkv", "audio/x-matroska", ConsultationMode.Audio, TrackCheckResult.VideoInAudio)]
    [InlineData("audio.m4a", "video/mp4", ConsultationMode.Video, TrackCheckResult.MissingTrack)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Video, TrackCheckResult.MissingTrack)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Chat, TrackCheckResult.MissingTrack)]
    [InlineData("audio.mka", "audio/webm", ConsultationMode.Audio, TrackCheckResult.ContainerMismatch)]
    [InlineData("audio.m4a", "audio/webm", ConsultationMode.Audio, TrackCheckResult.ContainerMismatch)]
    [InlineData("audio.webm", "audio/mp4", ConsultationMode.Audio, TrackCheckResult.ContainerMismatch)]
    [InlineData("audio.m4a", "audio/ogg", ConsultationMode.Audio, TrackCheckResult.ContainerMismatch)]
    public async Task Recording_must_match_its_declared_type_and_mode(
        string clip, string contentType, ConsultationMode mode, TrackCheckResult expected) =>
        Assert.Equal(expected, (await Clip.ReadTracks(Clip.Read(clip))).Check(contentType, mode));

    [Fact]
    public void Unreadable_content_is_rejected_and_an_uncheckable_type_is_accepted()
    {
        var (unreadable, other) = (new MediaTracks(MediaContainer.Unreadable), new MediaTracks(MediaContainer.Other));
        Assert.Equal(TrackCheckResult.Unreadable, unreadable.Check("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.ContainerMismatch, unreadable.Check("audio/ogg", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.ContainerMismatch, other.Check("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.Ok, other.Check("audio/ogg", ConsultationMode.Audio));
    }

    [Theory]
    [InlineData("audio/mp4", ConsultationMode.Audio, true)]
    [InlineData("audio/webm;codecs=opus", ConsultationMode.Audio, true)]
    [InlineData("audio/mp4", ConsultationMode.Video, true)]
    [InlineData("VIDEO/MP4", ConsultationMode.Video, true)]
    [InlineData("video/mp4", ConsultationMode.Audio, false)]
    [InlineData("audio/mp4", ConsultationMode.Chat, false)]
    [InlineData("audio/ogg", ConsultationMode.Audio, false)]
    [InlineData("application/mp4", ConsultationMode.Video, false)]
    [InlineData("video/*", ConsultationMode.Video, false)]
    [InlineData("mp4", ConsultationMode.Video, false)]
    [InlineData("", ConsultationMode.Video, false)]
    [InlineData(null, ConsultationMode.Video, false)]
    public void Only_allowed_types_can_be_opened_and_no_video_in_mode_audio(string? contentType, ConsultationMode mode, bool allowed) =>
        Assert.Equal(allowed, MediaContentTypes.Allows(MediaContentTypes.Default, contentType, mode));
}
