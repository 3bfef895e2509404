using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

public sealed class MediaFitTests
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
    [InlineData("audio.m4a", "video/mp4", ConsultationMode.Video, TrackCheckResult.NoTrackOfItsKind)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Video, TrackCheckResult.NoTrackOfItsKind)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Chat, TrackCheckResult.NoTrackOfItsKind)]
    [InlineData("audio.mka", "audio/webm", ConsultationMode.Audio, TrackCheckResult.OtherContainer)]
    [InlineData("audio.m4a", "audio/webm", ConsultationMode.Audio, TrackCheckResult.OtherContainer)]
    [InlineData("audio.webm", "audio/mp4", ConsultationMode.Audio, TrackCheckResult.OtherContainer)]
    [InlineData("audio.m4a", "audio/ogg", ConsultationMode.Audio, TrackCheckResult.OtherContainer)]
    public async Task A_recording_must_hold_what_it_declares_and_what_its_mode_records(
        string clip, string contentType, ConsultationMode mode, TrackCheckResult fit) =>
        Assert.Equal(fit, (await Clip.TracksAsync(Clip.Read(clip))).Check(contentType, mode));

    [Fact]
    public void What_cannot_be_read_does_not_fit_and_what_is_not_looked_into_does()
    {
        Assert.Equal(TrackCheckResult.Unreadable, new MediaTracks(MediaContainer.Unreadable).Check("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.OtherContainer, new MediaTracks(MediaContainer.Unreadable).Check("audio/ogg", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.OtherContainer, new MediaTracks(MediaContainer.Other).Check("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(TrackCheckResult.Ok, new MediaTracks(MediaContainer.Other).Check("audio/ogg", ConsultationMode.Audio));
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
    public void Only_listed_types_may_be_opened_and_no_video_in_mode_audio(string? contentType, ConsultationMode mode, bool allowed) =>
        Assert.Equal(allowed, MediaContentTypes.Allows(MediaContentTypes.Default, contentType, mode));
}
