using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/me/consultations/{number}</c>: the number is in the path, the patient in the token.</summary>
public sealed record OwnConsultation(ConsultationId Id, Actor By)
{
    public static ValueTask<OwnConsultation?> BindAsync(HttpContext http)
    {
        var reader = CurrentPatient.Of(http);
        return ValueTask.FromResult<OwnConsultation?>(new(PathBinding.Consultation(http, reader.Patient), reader.Actor));
    }
}
