using Orleans.Concurrency;
using Replays.Grains.Safeguards;

namespace Replays.Grains.AuditTrail;

/// <summary>One patient's audit trail, keyed <c>patients/{patient}</c>: append-only, chained by hash.</summary>
[GrainInterfaceType("replays.audit-trail-grain"), Alias("replays.audit-trail-grain")]
public interface IAuditTrailGrain : IGrainWithStringKey
{
    /// <summary>Appends entries in order, skipping those whose id is already in the trail; durable when it returns.</summary>
    /// <exception cref="OwnershipMismatchException">The stored trail bears another owner's name; nothing was appended.</exception>
    [Alias("Append")]
    Task Append(ImmutableArray<AuditEntry> entries);

    /// <summary>
    /// Reads entries, newest first, from at most four pages: it may return fewer than the limit, even none, while there are more.
    /// </summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="before">The number of the entry to start before; null: from the newest.</param>
    /// <param name="kindPrefix">Only entries whose kind has this prefix, such as <c>access.</c>.</param>
    /// <exception cref="OwnershipMismatchException">The stored trail bears another owner's name.</exception>
    [ReadOnly, Alias("Read")]
    Task<TrailSlice> Read(int limit, long? before, string? kindPrefix = null, CancellationToken cancellation = default);

    /// <summary>
    /// Verifies the next 4,096 stored entries, concurrently with other calls. Start with <see cref="VerificationProgress.NotStarted"/> and
    /// pass the result back until <see cref="VerificationProgress.IsComplete"/>.
    /// </summary>
    [AlwaysInterleave, Alias("Verify")]
    Task<VerificationProgress> Verify(VerificationProgress progress, CancellationToken cancellation = default);

    /// <summary>Destroys the content of the next 4,096 entries. Their commitments stay, so that the chain still verifies.</summary>
    /// <param name="from">The page to start with: 0, then the result of the previous call.</param>
    /// <returns>The page to continue with; null at the end.</returns>
    [Alias("EraseContent")]
    Task<int?> EraseContent(int from);
}
