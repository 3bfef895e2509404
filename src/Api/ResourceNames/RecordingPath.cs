using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/patients/{patient}/consultations/{number}/recordings/{ordinal}</c>.</summary>
public sealed record RecordingPath(RecordingId Id)
{
    public static ValueTask<RecordingPath?> BindAsync(HttpContext http) => ValueTask.FromResult<RecordingPath?>(new(PathBinding.Recording(http)));

    /// <summary>The path of a recording, escaped.</summary>
    public static string Of(RecordingId id) => $"{Of(id.Consultation)}/recordings/{id.Ordinal}";

    public static string Of(ConsultationId id) => $"/v1/patients/{Uri.EscapeDataString(id.Patient.Value)}/consultations/{id.Number}";
}
