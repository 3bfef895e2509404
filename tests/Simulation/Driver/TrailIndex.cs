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

    /// <returns>An entry that the trail has twice; null: none.</returns>
    public Guid? Add(TrailPage? before, TrailPage after)
    {
        if (!_ids.TryGetValue(after.Owner, out var ids))
            _ids[after.Owner] = ids = [];
        foreach (var entry in after.Entries.Skip(before?.Entries.Length ?? 0))
        {
            if (!ids.Add(entry.Id))
                return entry.Id;
            Kinds.Add(JsonSerializer.Deserialize(entry.Content!, TrailJson.Default.AuditEntry)!.Kind);
        }
        return null;
    }
}
