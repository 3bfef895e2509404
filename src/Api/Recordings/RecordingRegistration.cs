using Microsoft.Extensions.Options;
using Replays.Media.Containers;
using Replays.Media.Encryption;
using Replays.Media.Stores;

namespace Replays.Api.Recordings;

public static class RecordingRegistration
{
    public static void AddRecordings(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RecordingTypes>().BindConfiguration(RecordingTypes.Section)
            .PostConfigure(types => types.ContentTypes = types.ContentTypes is [] ? [.. MediaContentTypes.Default] : types.ContentTypes);
        builder.Services.AddSingleton(services => new EncryptedMediaStore(
            services.GetRequiredService<IMediaStore>(),
            services.GetRequiredService<IOptions<ReplaysOptions>>().Value.Recordings.UploadIdleTimeout));
        builder.Services.AddSingleton<UploadService>().AddSingleton<SealService>();
    }
}
