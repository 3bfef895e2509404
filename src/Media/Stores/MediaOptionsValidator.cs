using Microsoft.Extensions.Options;

namespace Replays.Media.Stores;

internal sealed class MediaOptionsValidator : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        List<string> failures = [];
        if (!Enum.IsDefined(options.Provider))
            failures.Add($"{MediaOptions.Section}:Provider must be FileSystem or S3.");

        if (options.Provider == MediaProvider.S3)
        {
            const string section = $"{MediaOptions.Section}:S3";
            if (!Uri.TryCreate(options.S3.ServiceUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                failures.Add($"{section}:ServiceUrl must be set to the absolute http or https address of the S3 service.");

            if (string.IsNullOrWhiteSpace(options.S3.Bucket))
                failures.Add($"{section}:Bucket must be set to the name of an existing bucket.");

            if (string.IsNullOrEmpty(options.S3.AccessKey) != string.IsNullOrEmpty(options.S3.SecretKey))
                failures.Add($"{section}: set both AccessKey and SecretKey, or neither.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
