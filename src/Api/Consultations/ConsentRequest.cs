using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

/// <summary>The patient's own consent, or its withdrawal.</summary>
public sealed record ConsentRequest
{
    [Recordable]
    public required ConsultationMode Mode { get; init; }
    public required bool Granted { get; init; }
}

/// <summary>Spoken consent, or its withdrawal, attested by the app's backend.</summary>
public sealed record AttestedConsentRequest
{
    [Recordable]
    public required ConsultationMode Mode { get; init; }
    public required bool Granted { get; init; }

    /// <summary>The person who heard it.</summary>
    [StringLength(200, MinimumLength = 1), PlainText]
    public required string AttestedBy { get; init; }
}
