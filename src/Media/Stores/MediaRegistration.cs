using Microsoft.Extensions.Options;
using Replays.Grains.Consultations;
using Replays.Media.FileSystem;
using Replays.Media.S3;

namespace Replays.Media.Stores;

public static class MediaRegistration
{
    /// <summary>Registers the configured <see cref="IMediaStore"/>. Invalid configuration stops the start with a message.</summary>
    public static IServiceCollection AddMediaStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<MediaOptions>, MediaOptionsValidator>();
        services.AddOptions<MediaOptions>()
            .Bind(configuration.GetSection(MediaOptions.Section))
            .PostConfigure(options =>
            {
                if (string.IsNullOrWhiteSpace(options.Directory))
                    options.Directory = Path.Combine(configuration["Replays:DataDirectory"] ?? "data", "media");
            })
            .ValidateOnStart();
        services.AddSingleton<IMediaObjects>(provider => provider.GetRequiredService<IMediaStore>());
        return services.AddSingleton<IMediaStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<MediaOptions>>().Value;
            return options.Provider == MediaProvider.S3 ? new S3MediaStore(options.S3) : new FileSystemMediaStore(options.Directory);
        });
    }
}
