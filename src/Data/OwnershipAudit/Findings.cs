namespace Replays.Data.OwnershipAudit;

/// <summary>Collects the findings of an ownership audit: counts all and keeps a bounded number.</summary>
internal sealed class Findings
{
    public const int MaxNamed = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _kinds = [];
    private readonly HashSet<AuditFinding> _kept = [];

    public void Add(string kind, string name, string? detail = null)
    {
        lock (_lock)
        {
            var finding = new AuditFinding(kind, name, detail);
            if (_kept.Contains(finding))
                return;
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            if (_kept.Count < MaxNamed)
                _kept.Add(finding);
        }
    }

    public void AddWrongOwner(string key, string? owner) =>
        Add(FindingKinds.RowOwner, key, string.IsNullOrEmpty(owner) ? "has no owner" : $"belongs to {owner}");

    public (ImmutableSortedDictionary<string, long> Kinds, ImmutableArray<AuditFinding> Kept) All()
    {
        lock (_lock)
        {
            return (_kinds.ToImmutableSortedDictionary(StringComparer.Ordinal),
                [.. _kept.OrderBy(f => f.Kind, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal)]);
        }
    }
}
