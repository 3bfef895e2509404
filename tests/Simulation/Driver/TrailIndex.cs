using System.Text.Json;
using Replays.Grains.AuditTrail;

namespace Replays.Simulation.Driver;

/// <summary>Which entries each trail has, kept up to date with every committed page.</summary>
internal sealed class TrailIndex
{
    private readonly Dictionary<string, HashSet<Guid>> _ids = [];

    /// <summary>The kinds of all entries, once per entry.</summary>
    public List<string> Kinds { get; } = [];

    public bool Contains(string owner, Guid id) => _ids.TryGetValue(owner, out var ids) && ids.Contains(id);

    /// <returns>The entries that are new in a page.</returns>
    public List<AuditEntry> FindNew(TrailPage? before, TrailPage after) =>
    [
        .. after.Entries.Skip(before?.Entries.Length ?? 0)
            .Select(entry => JsonSerializer.Deserialize(entry.Content!, TrailJson.Default.AuditEntry)!),
    ];

    /// <returns>False: the trail has the entry already.</returns>
    public bool Add(string owner, AuditEntry entry)
    {
        if (!_ids.TryGetValue(owner, out var ids))
            _ids[owner] = ids = [];
        Kinds.Add(entry.Kind);
        return ids.Add(entry.Id);
    }
}
