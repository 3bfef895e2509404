using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/patients/{patient}</c>.</summary>
public sealed record PatientPath(PatientId Id)
{
    public static ValueTask<PatientPath?> BindAsync(HttpContext http) => ValueTask.FromResult<PatientPath?>(new(PathBinding.Patient(http)));
}
