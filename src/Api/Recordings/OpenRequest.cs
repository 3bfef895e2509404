using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Recordings;

/// <summary>A request to open a recording in the consultation's current mode.</summary>
public sealed record OpenRequest
{
    /// <summary>One of the accepted content types; parameters such as <c>codecs</c> are allowed.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string ContentType { get; init; }

    /// <summary>The mode that the recorder expects the consultation to be in.</summary>
    public ConsultationMode? Mode { get; init; }

    /// <summary>The total number of bytes, if known in advance.</summary>
    [Range(1, long.MaxValue)]
    public long? Length { get; init; }

    /// <summary>The secret that the patient's app passed on through the call's room.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Presence { get; init; }
}
