using Replays.Grains.Identity;

namespace Replays.Api.ResourceNames;

/// <summary><c>/patients/{patient}/replays/{id}</c>.</summary>
public sealed record ReplayPath(RecordingId Id)
{
    public static ValueTask<ReplayPath?> BindAsync(HttpContext http) =>
        ValueTask.FromResult<ReplayPath?>(new(PathBinding.Replay(http, PathBinding.Patient(http))));
}
