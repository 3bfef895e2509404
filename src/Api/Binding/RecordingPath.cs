namespace Replays.Api.Binding;

/// <summary><c>/patients/{patient}/consultations/{number}/recordings/{ordinal}</c>.</summary>
public sealed record RecordingPath(RecordingId Id)
{
    public static ValueTask<RecordingPath?> BindAsync(HttpContext http) => new(new RecordingPath(PathBinding.Recording(http)));

    public static string Of(RecordingId id) => $"{Of(id.Consultation)}/recordings/{id.Ordinal}";

    public static string Of(ConsultationId id) => $"/v1/patients/{Uri.EscapeDataString(id.Patient.Value)}/consultations/{id.Number}";
}
