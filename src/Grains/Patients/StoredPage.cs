using System.Diagnostics.CodeAnalysis;

namespace Replays.Grains.Patients;

/// <summary>A ledger page with its version in storage.</summary>
internal sealed class StoredPage : IGrainState<LedgerPage>
{
    [AllowNull]
    public LedgerPage State { get => field; set => field = value ?? new(); } = new();
    public string? ETag { get; set; }
    public bool RecordExists { get; set; }
}
