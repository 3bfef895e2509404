using System.Collections.Immutable;
using Orleans.Concurrency;
using Replays.Grains.Safeguards;

namespace Replays.Grains.AuditTrail;

/// <summary>One patient's audit trail, keyed <c>patients/{patient}</c>. Append-only, chained by hash.</summary>
[GrainInterfaceType("replays.audit-trail-grain"), Alias("replays.audit-trail-grain")]
public interface IAuditTrailGrain : IGrainWithStringKey
{
    /// <summary>Appends what is not there yet, in order; durable when it returns. Entries are known by their ids.</summary>
    /// <exception cref="OwnershipMismatchException">What is stored here bears another's name; nothing was appended.</exception>
    [Alias("Append")]
    Task Append(ImmutableArray<AuditEntry> entries);

    /// <summary>Entries, newest first; reads at most four pages, so that fewer than asked, even none, may come while there are more.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="before">The number of the entry to go back from (exclusive); null: from the newest.</param>
    /// <param name="kindPrefix">Only entries whose kind begins so, such as <c>access.</c>.</param>
    /// <param name="cancellation">Gives the reading up.</param>
    /// <exception cref="OwnershipMismatchException">What is stored here bears another's name.</exception>
    [ReadOnly, Alias("Read")]
    Task<TrailSlice> Read(int limit, long? before, string? kindPrefix = null, CancellationToken cancellation = default);

    /// <summary>
    /// Verifies the next 4,096 entries from what is stored, beside everything else that goes on, and tells how far it came. Begin with
    /// <see cref="VerificationProgress.NotStarted"/> and go on until <see cref="VerificationProgress.IsComplete"/>.
    /// </summary>
    [AlwaysInterleave, Alias("Verify")]
    Task<VerificationProgress> Verify(VerificationProgress progress, CancellationToken cancellation = default);

    /// <summary>
    /// Destroys what up to 4,096 entries say, from the first on; their commitments stay, so that the chain still verifies.
    /// </summary>
    /// <param name="from">Pages that are done already: 0 at first, then what the call before answered.</param>
    /// <returns>How far it came; null when nothing is left.</returns>
    [Alias("EraseContent")]
    Task<int?> EraseContent(int from);
}
