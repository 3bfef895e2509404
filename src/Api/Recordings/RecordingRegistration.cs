using Microsoft.Extensions.Options;
using Replays.Api.Media.Containers;
using Replays.Api.Media.Encryption;
using Replays.Grains;
using Replays.Grains.Media;

namespace Replays.Api.Recordings;

public static class RecordingRegistration
{
    public static void AddRecordings(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RecordingTypes>().BindConfiguration(RecordingTypes.Section)
            .PostConfigure(types => types.ContentTypes = types.ContentTypes is [] ? [.. MediaContentTypes.Default] : types.ContentTypes);
        builder.Services.AddSingleton(services => new MediaVault(
            services.GetRequiredService<IMediaStore>(), services.GetRequiredService<IOptions<ReplaysOptions>>().Value.Recordings.LongestSilence));
        builder.Services.AddSingleton<Uploads>().AddSingleton<Seals>();
    }
}
