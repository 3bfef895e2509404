using Replays.Grains.AuditTrail;

namespace Replays.Grains.Patients;

/// <summary>
/// A stored page of a patient's ledger, format version 1: 16 consultations, found by number / 16 without a directory, so that the cost does
/// not grow with the ledger.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-page")]
public sealed record LedgerPage
{
    public const int Size = 16;

    /// <summary>The state name of all pages; each page has its own key.</summary>
    public const string StateName = "ledger-page";

    /// <summary>The page's own name, <c>patients/{patient}/pages/{n}</c>, compared by the record safeguard.</summary>
    [Id(0)] public string Owner { get; init; } = "";

    /// <summary>Ordered by number.</summary>
    [Id(1)] public ImmutableArray<LedgerEntry> Entries { get; init; } = [];

    /// <summary>Audit entries of changes in this page that may not be published yet.</summary>
    [Id(2)] public ImmutableArray<AuditEntry> Outbox { get; init; } = [];

    public static int PageNumberOf(int number) => number / Size;

    public static string PageKey(PatientId patient, int page) => $"{patient.Name}/pages/{page}";

    internal LedgerEntry? Find(int number) => Entries.FirstOrDefault(e => e.Name.Number == number);

    internal LedgerPage WithEntry(LedgerEntry entry) => this with
    {
        Entries = Find(entry.Name.Number) is { } old ? Entries.Replace(old, entry) : Entries.Add(entry),
    };
}
