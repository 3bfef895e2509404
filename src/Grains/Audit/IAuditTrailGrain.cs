using System.Collections.Immutable;
using Replays.Grains.Identity;

namespace Replays.Grains.Audit;

/// <summary>One patient's audit trail, keyed <c>patients/{patient}</c>. Append-only.</summary>
[Alias("replays.audit-trail-grain")]
public interface IAuditTrailGrain : IGrainWithStringKey
{
    /// <summary>Appends what is not there yet, in order; durable when it returns. Entries are known by their ids.</summary>
    [Alias("Append")]
    Task Append(ImmutableArray<AuditEntry> entries);
}
