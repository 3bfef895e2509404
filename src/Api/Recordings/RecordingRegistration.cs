using Replays.Api.Media.Containers;
using Replays.Api.Media.Encryption;

namespace Replays.Api.Recordings;

public static class RecordingRegistration
{
    public static void AddRecordings(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RecordingTypes>().BindConfiguration(RecordingTypes.Section)
            .PostConfigure(types => types.ContentTypes = types.ContentTypes is [] ? [.. MediaContentTypes.Default] : types.ContentTypes);
        builder.Services.AddSingleton<MediaVault>().AddSingleton<Uploads>().AddSingleton<Seals>();
    }
}
