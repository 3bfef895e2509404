namespace Replays.Media.S3;

/// <summary>Any service with an S3 API: section <c>Replays:Media:S3</c>.</summary>
internal sealed class S3MediaOptions
{
    /// <summary>Absolute address of the service, used with path-style requests. Required.</summary>
    public string ServiceUrl { get; set; } = "";

    /// <summary>An existing bucket without versioning, so that deleted media are gone. Required.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Part of the request signature. Default: <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Set together with <see cref="SecretKey"/>. Default: the AWS SDK's sources (environment, profile, role).</summary>
    public string? AccessKey { get; set; }
    public string? SecretKey { get; set; }
}
