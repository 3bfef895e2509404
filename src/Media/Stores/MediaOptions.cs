using Microsoft.Extensions.Options;

namespace Replays.Media.Stores;

/// <summary>Where encrypted media are kept: section <c>Replays:Media</c>.</summary>
public sealed class MediaOptions
{
    public const string Section = "Replays:Media";

    /// <summary>Default: <see cref="MediaProvider.FileSystem"/>.</summary>
    public MediaProvider Provider { get; set; } = MediaProvider.FileSystem;

    /// <summary>
    /// The folder of <see cref="MediaProvider.FileSystem"/>. Default: <c>media</c> in <c>Replays:DataDirectory</c>. In a cluster all processes must
    /// reach the same one.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>The service of <see cref="MediaProvider.S3"/>.</summary>
    public S3MediaOptions S3 { get; set; } = new();
}

public enum MediaProvider
{
    FileSystem,
    S3,
}

/// <summary>Any service that speaks S3: section <c>Replays:Media:S3</c>.</summary>
public sealed class S3MediaOptions
{
    /// <summary>Absolute address of the service, used in path style. Required.</summary>
    public string ServiceUrl { get; set; } = "";

    /// <summary>An existing bucket, without versioning: deleted media must be gone. Required.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Part of the signature. Default: <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>With <see cref="SecretKey"/>; when both are absent, the AWS SDK's usual sources are asked (environment, profile, machine role).</summary>
    public string? AccessKey { get; set; }

    public string? SecretKey { get; set; }
}

public sealed class MediaOptionsValidator : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        List<string> failures = [];
        if (!Enum.IsDefined(options.Provider))
            failures.Add($"{MediaOptions.Section}:Provider must be FileSystem or S3.");

        if (options.Provider == MediaProvider.S3)
        {
            var section = $"{MediaOptions.Section}:S3";
            if (!Uri.TryCreate(options.S3.ServiceUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                failures.Add($"{section}:ServiceUrl must be set to the absolute http or https address of the S3 service.");

            if (string.IsNullOrWhiteSpace(options.S3.Bucket))
                failures.Add($"{section}:Bucket must be set to the name of an existing bucket.");

            if (string.IsNullOrEmpty(options.S3.AccessKey) != string.IsNullOrEmpty(options.S3.SecretKey))
                failures.Add($"{section}:AccessKey and SecretKey must be set both or neither.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
