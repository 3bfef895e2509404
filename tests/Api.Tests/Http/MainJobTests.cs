using System.Net;
using Replays.Api.Tests.Http;
using Xunit;

[assembly: AssemblyFixture(typeof(EmbeddedApi))]

namespace Replays.Api.Tests.Http;

/// <summary>One embedded Api for the assembly; who kills or configures it starts their own.</summary>
public sealed class EmbeddedApi : IAsyncLifetime
{
    public ApiProcess Api { get; } = new();

    public async ValueTask InitializeAsync() => await Api.Program.Start();

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

public sealed class MainJobTests(EmbeddedApi embedded)
{
    [Fact]
    public async Task A_call_switched_from_audio_to_video_gives_its_patient_two_replays_and_nobody_else_any()
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
        using var refused = await api.Media(other, video);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }
}
