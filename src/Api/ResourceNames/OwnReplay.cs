using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/me/replays/{id}</c>: the patient is in the token.</summary>
public sealed record OwnReplay(RecordingId Id, Actor By)
{
    public static ValueTask<OwnReplay?> BindAsync(HttpContext http)
    {
        var reader = CurrentPatient.Of(http);
        return ValueTask.FromResult<OwnReplay?>(new(PathBinding.Replay(http, reader.Patient), reader.Actor));
    }
}
