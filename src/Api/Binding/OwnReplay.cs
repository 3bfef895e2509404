namespace Replays.Api.Binding;

/// <summary><c>/me/replays/{id}</c>: the id comes from the path, the patient from the token.</summary>
public sealed record OwnReplay(RecordingId Id, Actor By)
{
    public static ValueTask<OwnReplay?> BindAsync(HttpContext http)
    {
        var patient = CurrentPatient.Of(http);
        return new(new OwnReplay(PathBinding.Replay(http, patient.Patient), patient.Actor));
    }
}
