namespace Replays.Grains.Incidents;

/// <summary>
/// The log of incidents: how each was reported, and when it is due. A report is written here in one transaction with its quarantine; the
/// incident's grain processes it afterwards.
/// </summary>
public interface IIncidentLog
{
    /// <returns>The incident; null when there is none.</returns>
    Task<IncidentSummary?> Find(string id, CancellationToken cancellation = default);

    /// <summary>Lists incidents by deadline, earliest first; those without a deadline last.</summary>
    /// <param name="open">Only open or only resolved incidents; null: all, open ones first.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">The end of the previous page.</param>
    Task<ImmutableArray<IncidentSummary>> List(bool? open, int limit, IncidentCursor? after, CancellationToken cancellation = default);

    /// <summary>Returns a person's reports, newest first, at most 100.</summary>
    Task<ImmutableArray<IncidentSummary>> FindByReporter(string subject, CancellationToken cancellation = default);

    /// <returns>A person's newest open incident if they have at least <paramref name="threshold"/>; otherwise null.</returns>
    Task<string?> FindNewestIfMany(string subject, int threshold, CancellationToken cancellation = default);

    /// <summary>
    /// Opens an incident without a quarantine, or counts further occurrences of its cause; a resolved incident is then reopened.
    /// </summary>
    Task RecordOccurrence(IncidentReport report, long occurrences, CancellationToken cancellation = default);

    /// <summary>Marks an incident before it changes, so that a worker finishes the change if its grain does not.</summary>
    Task MarkUnprocessed(string id, CancellationToken cancellation = default);

    /// <summary>Marks all effects of the last change as done.</summary>
    Task MarkProcessed(string id, bool open, DateTimeOffset? dueAt, CancellationToken cancellation = default);

    /// <summary>Returns incidents whose last change is unprocessed for longer than a time, at most 100.</summary>
    Task<ImmutableArray<string>> FindUnprocessed(TimeSpan olderThan, CancellationToken cancellation = default);

    /// <summary>Returns the number of open incidents and the earliest deadline.</summary>
    Task<(long Open, DateTimeOffset? FirstDue)> GetSummary(CancellationToken cancellation = default);

    /// <summary>Whether an open incident contains a recording of the patient or was reported by them.</summary>
    Task<bool> IsInOpenIncident(PatientId patient, CancellationToken cancellation = default);
}
