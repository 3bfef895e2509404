namespace Replays.Data.OwnershipAudit;

/// <summary>The kinds of findings. Their values are part of the audit's output and never change.</summary>
public static class FindingKinds
{
    /// <summary>A stored row cannot be read.</summary>
    public const string RowUnreadable = "row-unreadable";
    /// <summary>No grain uses the key of a row.</summary>
    public const string RowKey = "row-key";
    /// <summary>The owner in a record differs from its row's key: the row was swapped, copied or changed.</summary>
    public const string RowOwner = "row-owner";

    /// <summary>A ledger entry belongs to another patient.</summary>
    public const string EntryOwner = "entry-owner";
    /// <summary>A ledger entry is duplicated, out of order or on the wrong page.</summary>
    public const string EntryPlace = "entry-place";
    /// <summary>Booked consultations are missing from the ledger.</summary>
    public const string EntryMissing = "entry-missing";

    /// <summary>A replay belongs to another consultation than its ledger entry.</summary>
    public const string ReplayOwner = "replay-owner";
    /// <summary>A replay is duplicated or out of order.</summary>
    public const string ReplayPlace = "replay-place";
    /// <summary>A listed replay is unknown to its consultation or was discarded by it.</summary>
    public const string ReplayUnknown = "replay-unknown";
    /// <summary>A delivered replay is missing from the ledger.</summary>
    public const string ReplayMissing = "replay-missing";
    /// <summary>A replay's object or data key differs from the one that its consultation recorded.</summary>
    public const string ReplayMedia = "replay-media";
    /// <summary>A listed replay has no wrapped data key or one of the wrong length.</summary>
    public const string ReplayKey = "replay-key";

    /// <summary>A consultation is missing from its patient's ledger.</summary>
    public const string ConsultationUnknown = "consultation-unknown";
    /// <summary>A patient has replays but no patient key.</summary>
    public const string PatientKeyMissing = "patient-key-missing";
    /// <summary>The ledger has pages beyond the last one in its header, or no header.</summary>
    public const string PatientHead = "ledger-header";

    /// <summary>An audit trail entry was changed, removed, moved or inserted.</summary>
    public const string TrailBroken = "trail-broken";
    /// <summary>An audit trail has fewer entries than its stored head.</summary>
    public const string TrailTruncated = "trail-truncated";
    /// <summary>An audit trail is consistent, but differs from what an earlier ownership audit recorded.</summary>
    public const string TrailRewritten = "trail-rewritten";

    /// <summary>The media of a replay are not in the store.</summary>
    public const string MediaMissing = "media-missing";
    /// <summary>The length of a stored object does not match its replay.</summary>
    public const string MediaSize = "media-size";
    /// <summary>Several replays reference the same object.</summary>
    public const string MediaShared = "media-shared";
    /// <summary>An unreferenced object is older than the upload deadline.</summary>
    public const string MediaUnreferenced = "media-unreferenced";

    /// <summary>The target of a stop is not a valid name.</summary>
    public const string StopUnreadable = "stop-unreadable";
    /// <summary>An incident's report is unreadable or has another id, or a recording in an incident has no valid name.</summary>
    public const string IncidentUnreadable = "incident-unreadable";
    /// <summary>The result of an earlier ownership audit, or the trail heads that it recorded, were changed.</summary>
    public const string AuditChanged = "audit-changed";
}
