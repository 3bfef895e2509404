namespace Replays.Data.OwnershipAudit;

/// <summary>What an ownership audit can find. The words are part of its output and never change.</summary>
public static class FindingKinds
{
    /// <summary>A stored row that can't be read.</summary>
    public const string RowUnreadable = "row-unreadable";

    /// <summary>A row under a key that nothing reads.</summary>
    public const string RowKey = "row-key";

    /// <summary>A record that bears another name than its row's key: swapped, copied, or changed.</summary>
    public const string RowOwner = "row-owner";

    /// <summary>A ledger entry of another patient.</summary>
    public const string EntryOwner = "entry-owner";

    /// <summary>A ledger entry in the wrong page, out of order or twice.</summary>
    public const string EntryPlace = "entry-place";

    /// <summary>Consultations that were booked and are not in the ledger.</summary>
    public const string EntryMissing = "entry-missing";

    /// <summary>A replay of another consultation than its entry's.</summary>
    public const string ReplayOwner = "replay-owner";

    /// <summary>A replay out of order or twice.</summary>
    public const string ReplayPlace = "replay-place";

    /// <summary>A replay in the list that its consultation does not know, or has discarded.</summary>
    public const string ReplayUnknown = "replay-unknown";

    /// <summary>A replay that its consultation delivered and that is not in the list.</summary>
    public const string ReplayMissing = "replay-missing";

    /// <summary>A replay with another object, or another data key, than what its consultation recorded.</summary>
    public const string ReplayMedia = "replay-media";

    /// <summary>A replay in the list without its wrapped data key, or with one that can't be.</summary>
    public const string ReplayKey = "replay-key";

    /// <summary>A consultation that is not in its patient's ledger.</summary>
    public const string ConsultationUnknown = "consultation-unknown";

    /// <summary>A patient with replays and without a key of their own.</summary>
    public const string PatientKeyMissing = "patient-key-missing";

    /// <summary>Pages beyond what the patient's head knows of, or no head at all.</summary>
    public const string PatientHead = "ledger-header";

    /// <summary>An entry of an audit trail that was changed, removed, moved or inserted.</summary>
    public const string TrailBroken = "trail-broken";

    /// <summary>An audit trail that ends before what its head sealed.</summary>
    public const string TrailTruncated = "trail-truncated";

    /// <summary>An audit trail that holds in itself and is not the one that an earlier audit saw.</summary>
    public const string TrailRewritten = "trail-rewritten";

    /// <summary>A replay whose media are not in the store.</summary>
    public const string MediaMissing = "media-missing";

    /// <summary>A replay whose stored media can't be as long as its list says.</summary>
    public const string MediaSize = "media-size";

    /// <summary>Two replays with one object.</summary>
    public const string MediaShared = "media-shared";

    /// <summary>An object that nothing refers to, older than any upload may take.</summary>
    public const string MediaUnreferenced = "media-unreferenced";

    /// <summary>A stop or an incident that names nothing that there could be.</summary>
    public const string StopUnreadable = "stop-unreadable";

    /// <summary>An incident whose report can't be read, or is another's.</summary>
    public const string IncidentUnreadable = "incident-unreadable";

    /// <summary>An earlier audit's result, or the heads it sealed, are not what they were.</summary>
    public const string AuditChanged = "audit-changed";
}
