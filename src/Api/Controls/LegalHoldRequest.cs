using System.ComponentModel.DataAnnotations;

namespace Replays.Api.Controls;

public sealed record LegalHoldRequest
{
    /// <summary>False lifts the legal hold. Default true.</summary>
    public bool Enabled { get; init; } = true;

    [StringLength(500, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

public sealed record LegalHoldState(bool Enabled, string? Reason);
