namespace Replays.Api.Binding;

/// <summary><c>/me/consultations/{number}</c>: the number comes from the path, the patient from the token.</summary>
public sealed record OwnConsultation(ConsultationId Id, Actor By)
{
    public static ValueTask<OwnConsultation?> BindAsync(HttpContext http)
    {
        var patient = CurrentPatient.Of(http);
        return new(new OwnConsultation(PathBinding.Consultation(http, patient.Patient), patient.Actor));
    }
}
