using Replays.Grains.Consultations;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

public sealed class MediaFitTests
{
    [Theory]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Audio, MediaFit.Fits)]
    [InlineData("audio-with-text.m4a", "audio/mp4", ConsultationMode.Audio, MediaFit.Fits)]
    [InlineData("browser-audio.webm", "audio/webm;codecs=opus", ConsultationMode.Audio, MediaFit.Fits)]
    [InlineData("audio.mka", "audio/x-matroska", ConsultationMode.Audio, MediaFit.Fits)]
    [InlineData("audio.webm", "audio/matroska", ConsultationMode.Audio, MediaFit.Fits)]
    [InlineData("av-faststart.mp4", "video/mp4", ConsultationMode.Video, MediaFit.Fits)]
    [InlineData("video-only.mp4", "video/mp4", ConsultationMode.Video, MediaFit.Fits)]
    [InlineData("browser-av.webm", "VIDEO/WebM; codecs=\"vp8,opus\"", ConsultationMode.Video, MediaFit.Fits)]
    [InlineData("browser-av.mkv", "video/x-matroska", ConsultationMode.Video, MediaFit.Fits)]
    [InlineData("av-faststart.mp4", "audio/mp4", ConsultationMode.Audio, MediaFit.PicturesInAudio)]
    [InlineData("av-faststart.mp4", "video/mp4", ConsultationMode.Audio, MediaFit.PicturesInAudio)]
    [InlineData("av-faststart.mp4", "audio/mp4", ConsultationMode.Video, MediaFit.PicturesInAudio)]
    [InlineData("av.webm", "audio/webm", ConsultationMode.Audio, MediaFit.PicturesInAudio)]
    [InlineData("av.mkv", "audio/x-matroska", ConsultationMode.Audio, MediaFit.PicturesInAudio)]
    [InlineData("audio.m4a", "video/mp4", ConsultationMode.Video, MediaFit.NoTrackOfItsKind)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Video, MediaFit.NoTrackOfItsKind)]
    [InlineData("audio.m4a", "audio/mp4", ConsultationMode.Chat, MediaFit.NoTrackOfItsKind)]
    [InlineData("audio.mka", "audio/webm", ConsultationMode.Audio, MediaFit.OtherContainer)]
    [InlineData("audio.m4a", "audio/webm", ConsultationMode.Audio, MediaFit.OtherContainer)]
    [InlineData("audio.webm", "audio/mp4", ConsultationMode.Audio, MediaFit.OtherContainer)]
    [InlineData("audio.m4a", "audio/ogg", ConsultationMode.Audio, MediaFit.OtherContainer)]
    public async Task A_recording_must_hold_what_it_declares_and_what_its_mode_records(
        string clip, string contentType, ConsultationMode mode, MediaFit fit) =>
        Assert.Equal(fit, (await Clip.TracksAsync(Clip.Read(clip))).Fit(contentType, mode));

    [Fact]
    public void What_cannot_be_read_does_not_fit_and_what_is_not_looked_into_does()
    {
        Assert.Equal(MediaFit.Unreadable, new MediaTracks(MediaContainer.Unreadable).Fit("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(MediaFit.OtherContainer, new MediaTracks(MediaContainer.Unreadable).Fit("audio/ogg", ConsultationMode.Audio));
        Assert.Equal(MediaFit.OtherContainer, new MediaTracks(MediaContainer.Other).Fit("audio/mp4", ConsultationMode.Audio));
        Assert.Equal(MediaFit.Fits, new MediaTracks(MediaContainer.Other).Fit("audio/ogg", ConsultationMode.Audio));
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
