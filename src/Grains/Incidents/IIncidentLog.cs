using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Incidents;

/// <summary>
/// How each incident came to be known, and the order in which they are due. What a report begins is written here in one transaction with its
/// quarantine; the incident's grain follows.
/// </summary>
public interface IIncidentLog
{
    /// <returns>What is known of the incident without its grain; null when there is none.</returns>
    Task<IncidentSummary?> Find(string id, CancellationToken cancellation = default);

    /// <summary>What is due first, first; those without a deadline last.</summary>
    /// <param name="open">Only open ones, or only resolved ones; null: all, the open ones first.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ImmutableArray<IncidentSummary>> List(bool? open, int limit, IncidentCursor? after, CancellationToken cancellation = default);

    /// <summary>The newest reports of one person, newest first, at most 100.</summary>
    Task<ImmutableArray<IncidentSummary>> FindByReporter(string subject, CancellationToken cancellation = default);

    /// <returns>The newest open incident of a person who has so many of them; null: they have fewer.</returns>
    Task<string?> FindNewestIfMany(string subject, int many, CancellationToken cancellation = default);

    /// <summary>
    /// Notes an incident without a quarantine, or that its cause came again: then it is counted, and opens again if it was resolved.
    /// </summary>
    Task RecordOccurrence(IncidentReport report, long times, CancellationToken cancellation = default);

    /// <summary>Something changes now: if it is not followed soon, somebody else finishes it.</summary>
    Task MarkUnprocessed(string id, CancellationToken cancellation = default);

    /// <summary>All that follows from the last change is done.</summary>
    Task MarkProcessed(string id, bool open, DateTimeOffset? dueAt, CancellationToken cancellation = default);

    /// <summary>Incidents whose last change is older than that and not followed, at most 100.</summary>
    Task<ImmutableArray<string>> FindUnprocessed(TimeSpan olderThan, CancellationToken cancellation = default);

    /// <summary>How many incidents are open, and when the first of them is due.</summary>
    Task<(long Open, DateTimeOffset? FirstDue)> GetSummary(CancellationToken cancellation = default);

    /// <summary>Whether a recording of the patient, or a report by them, is in an open incident.</summary>
    Task<bool> IsInOpenIncident(PatientId patient, CancellationToken cancellation = default);
}
