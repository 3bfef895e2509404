using System.ComponentModel.DataAnnotations;

namespace Replays.Api.Recordings;

public sealed record SealRequest
{
    /// <summary>At most a week.</summary>
    [Range(0, 7 * 24 * 3600, MinimumIsExclusive = true)]
    public required double DurationSeconds { get; init; }

    /// <summary>SHA-256 of the media, 64 hexadecimal digits.</summary>
    [RegularExpression("[0-9a-fA-F]{64}")]
    public required string Sha256 { get; init; }
}
