using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Exposure;

/// <summary>
/// Who was shown what: durable, and kept under the recording's own name, so that it is complete whoever's list the replay was in. What is
/// written here is also told to the trail of the recording's patient, soon and without fail.
/// </summary>
public interface IExposureLog
{
    /// <summary>
    /// Durable when it returns, in one statement. What was listed to the same principal before is left as it is; where this process knows that,
    /// the database is not asked.
    /// </summary>
    ValueTask RecordListing(IReadOnlyCollection<RecordingId> recordings, Recipient to, string disclosed, CancellationToken cancellation = default);

    /// <summary>Writes a part anew; durable when it returns.</summary>
    Task RecordPlayback(PlaybackPart part, CancellationToken cancellation = default);

    /// <summary>Whether any process has written of this playback.</summary>
    Task<bool> HasStarted(string playback, CancellationToken cancellation = default);

    /// <returns>The principal's last playback of this recording with their own token, if it went on after <paramref name="since"/>.</returns>
    Task<string?> FindRecent(RecordingId recording, Recipient to, DateTimeOffset since, CancellationToken cancellation = default);

    /// <summary>All that was shown of an incident's recordings, in order of recording and time.</summary>
    Task<Exposures> FindByIncident(string incident, CancellationToken cancellation = default);

    /// <summary>What a principal was shown, in whatever role, in order of recording.</summary>
    /// <param name="principal">The subject of their tokens.</param>
    /// <param name="entitled">Only to what they were entitled by name, or only to what they were not; null: all.</param>
    /// <param name="recordings">At most so many recordings.</param>
    /// <param name="after">The last recording of the page before.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Exposures> FindByPrincipal(
        string principal, bool? entitled, int recordings, RecordingId? after = null, CancellationToken cancellation = default);

    /// <summary>
    /// Which of these recordings somebody reported as not being what their name says, and in which incident: of those it is not certain that
    /// the patient and the clinician by name were entitled.
    /// </summary>
    Task<ImmutableArray<(RecordingId Recording, string Incident)>> FindDisputes(
        IReadOnlyCollection<RecordingId> recordings, CancellationToken cancellation = default);
}

/// <summary>What was shown.</summary>
/// <param name="Listings">In lists.</param>
/// <param name="Playbacks">In playbacks, by parts.</param>
/// <param name="Last">Where the page ends; null: there is no more.</param>
public sealed record Exposures(ImmutableArray<Listing> Listings, ImmutableArray<PlaybackPart> Playbacks, RecordingId? Last = null);
