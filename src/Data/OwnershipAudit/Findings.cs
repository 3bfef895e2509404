using System.Collections.Immutable;

namespace Replays.Data.OwnershipAudit;

/// <summary>What an audit has found so far: everything is counted, a bounded number is kept by name.</summary>
internal sealed class Findings
{
    public const int MaxNamed = 1_000;

    private readonly System.Threading.Lock _lock = new();
    private readonly Dictionary<string, long> _kinds = [];
    private readonly HashSet<AuditFinding> _named = [];

    public void Add(string kind, string name, string? detail = null)
    {
        lock (_lock)
        {
            var finding = new AuditFinding(kind, name, detail);
            if (_named.Contains(finding))
                return;
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            if (_named.Count < MaxNamed)
                _named.Add(finding);
        }
    }

    public void AddMisfiled(string key, string? owner) =>
        Add(FindingKinds.RowOwner, key, string.IsNullOrEmpty(owner) ? "bears no name" : $"bears {owner}");

    public (ImmutableSortedDictionary<string, long> Kinds, ImmutableArray<AuditFinding> Named) All()
    {
        lock (_lock)
        {
            return (_kinds.ToImmutableSortedDictionary(StringComparer.Ordinal),
                [.. _named.OrderBy(f => f.Kind, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal)]);
        }
    }
}
