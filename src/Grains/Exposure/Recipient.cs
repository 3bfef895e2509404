namespace Replays.Grains.Exposure;

/// <summary>The principal to whom a replay is shown.</summary>
/// <param name="By">The principal and their role.</param>
/// <param name="List">The patient in whose list it appeared: the recording's own, unless it was misdelivered.</param>
/// <param name="IsEntitled">Entitled by name: the recording's patient, its clinician, or an officer who gave a reason.</param>
/// <param name="Detail">An officer's reason, a clinician's name; otherwise empty.</param>
public sealed record Recipient(Actor By, PatientId List, bool IsEntitled, string Detail = "");
