namespace Replays.Api.Binding;

/// <summary><c>/patients/{patient}/replays/{id}</c>.</summary>
public sealed record ReplayPath(RecordingId Id)
{
    public static ValueTask<ReplayPath?> BindAsync(HttpContext http) =>
        new(new ReplayPath(PathBinding.Replay(http, PathBinding.Patient(http))));
}
