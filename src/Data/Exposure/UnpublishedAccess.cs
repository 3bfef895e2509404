namespace Replays.Data.Exposure;

/// <summary>A listing or playback that is not yet in the audit trail.</summary>
/// <param name="Key">The recording of a listing; the id of a playback.</param>
internal sealed record UnpublishedAccess(string Key, RecordingId Recording, Actor By, string Detail, DateTimeOffset At);
