using Replays.Grains.Identity;

namespace Replays.Grains.Exposure;

/// <summary>Who is shown a replay, and in whose list.</summary>
/// <param name="By">Who, in which role.</param>
/// <param name="List">Whose list it was in: the recording's own patient, unless something went astray.</param>
/// <param name="IsEntitled">By name: the recording's own patient, its consultation's clinician, an officer who gave a reason.</param>
/// <param name="Detail">An officer's reason, a clinician's name; otherwise empty.</param>
public sealed record Recipient(Actor By, PatientId List, bool IsEntitled, string Detail = "");
