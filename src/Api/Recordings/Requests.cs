using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Recordings;

/// <summary>A recording to be opened in the consultation's present mode.</summary>
public sealed record OpenRequest
{
    /// <summary>Of the media, from the list of accepted types; parameters such as <c>codecs</c> are allowed.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string ContentType { get; init; }

    /// <summary>The mode the recorder believes the consultation to be in.</summary>
    public ConsultationMode? Mode { get; init; }

    /// <summary>Bytes of the whole, if known from the start.</summary>
    [Range(1, long.MaxValue)]
    public long? Length { get; init; }

    /// <summary>The secret that the patient's app passed through the room.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Presence { get; init; }
}

/// <summary>What the recorder says of the media it uploaded.</summary>
public sealed record SealRequest
{
    /// <summary>At most a week.</summary>
    [Range(0, 7 * 24 * 3600, MinimumIsExclusive = true)]
    public required double DurationSeconds { get; init; }

    /// <summary>SHA-256 over the media, 64 hexadecimal digits.</summary>
    [RegularExpression("[0-9a-fA-F]{64}")]
    public required string Sha256 { get; init; }
}
