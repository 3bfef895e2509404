namespace Replays.Api.Binding;

/// <summary><c>/patients/{patient}</c>.</summary>
public sealed record PatientPath(PatientId Id)
{
    public static ValueTask<PatientPath?> BindAsync(HttpContext http) => new(new PatientPath(PathBinding.Patient(http)));
}
