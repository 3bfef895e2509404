namespace Replays.Grains.Exposure;

/// <summary>
/// Durable evidence of what was shown to whom. It is kept under the recording's own name, so that it is complete in whichever list the
/// replay appeared. Every record is also published to the audit trail of the recording's patient.
/// </summary>
public interface IExposureLog
{
    /// <summary>
    /// Records first listings; durable when it returns. Listings already recorded for the principal are unchanged; those cached in this
    /// process cause no database access.
    /// </summary>
    ValueTask RecordListing(
        IReadOnlyCollection<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation = default);

    /// <summary>Writes or replaces a part of a playback; durable when it returns.</summary>
    Task RecordPlayback(PlaybackPart part, CancellationToken cancellation = default);

    /// <summary>Whether any process has recorded a part of the playback.</summary>
    Task<bool> HasStarted(string playback, CancellationToken cancellation = default);

    /// <returns>The principal's last playback of the recording with their own token, if it continued after a time.</returns>
    Task<string?> FindRecent(RecordingId recording, Recipient to, DateTimeOffset since, CancellationToken cancellation = default);

    /// <summary>Returns all exposures of an incident's recordings, ordered by recording and time.</summary>
    Task<Exposures> FindByIncident(string incident, CancellationToken cancellation = default);

    /// <summary>Returns what was shown to a principal in any role, ordered by recording.</summary>
    /// <param name="principal">The subject of their tokens.</param>
    /// <param name="entitled">Only exposures to which they were entitled by name, or not entitled; null: all.</param>
    /// <param name="recordings">Maximum number of recordings.</param>
    /// <param name="after">The last recording of the previous page.</param>
    Task<Exposures> FindByPrincipal(
        string principal, bool? entitled, int recordings, RecordingId? after = null, CancellationToken cancellation = default);

    /// <summary>
    /// Finds which of the recordings were reported as another person's, and in which incident. Whether the patient and clinician named were
    /// entitled to them is unknown.
    /// </summary>
    Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(
        IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation = default);
}
