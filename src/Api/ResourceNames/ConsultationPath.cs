using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/patients/{patient}/consultations/{number}</c>: one name, not two arguments.</summary>
public sealed record ConsultationPath(ConsultationId Id)
{
    public static ValueTask<ConsultationPath?> BindAsync(HttpContext http) =>
        ValueTask.FromResult<ConsultationPath?>(new(PathBinding.Consultation(http, PathBinding.Patient(http))));
}
