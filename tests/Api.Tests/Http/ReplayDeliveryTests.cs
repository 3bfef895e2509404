using System.Net;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class ReplayDeliveryTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task Switching_from_audio_to_video_delivers_two_replays_to_the_patient_and_none_to_others()
    {
        var api = embedded.Api;
        var (patient, other) = (ApiProcess.NewPatient(), ApiProcess.NewPatient());
        var number = await api.Begin(patient, "audio");
        var audio = await api.Record(patient, number, ApiProcess.Audio, "audio/mp4");
        await api.Post($"{ApiProcess.PathOf(patient, number)}/mode", TestTokens.Scheduler, new { mode = "video" });
        var video = await api.Record(patient, number);

        Assert.Equal([video, audio], await api.Replays(patient));
        Assert.Empty(await api.Replays(other));
        using var media = await api.Media(patient, video);
        Assert.Equal(ApiProcess.Video, await media.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var denied = await api.Media(other, video);
        Assert.Equal(HttpStatusCode.NotFound, denied.StatusCode);
    }
}
