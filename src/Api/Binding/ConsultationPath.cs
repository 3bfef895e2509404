namespace Replays.Api.Binding;

/// <summary><c>/patients/{patient}/consultations/{number}</c>, bound as one name.</summary>
public sealed record ConsultationPath(ConsultationId Id)
{
    public static ValueTask<ConsultationPath?> BindAsync(HttpContext http) =>
        new(new ConsultationPath(PathBinding.Consultation(http, PathBinding.Patient(http))));
}
