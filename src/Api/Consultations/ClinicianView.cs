using System.ComponentModel.DataAnnotations;
using Replays.Grains.Consultations;

namespace Replays.Api.Consultations;

public sealed record ClinicianView
{
    /// <summary>The subject of the clinician's token.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public required string Id { get; init; }

    /// <summary>The name shown to the patient.</summary>
    [StringLength(200, MinimumLength = 1), PlainText]
    public required string Name { get; init; }

    public static ClinicianView Of(Clinician clinician) => new() { Id = clinician.Id, Name = clinician.Name };
}
