using Replays.Grains.Consultations;
using Replays.Grains.Identity;

namespace Replays.Grains.Patients;

/// <summary>A consultation asks what was booked for it and what of it was delivered already.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-query")]
public sealed record LedgerQuery([property: Id(0)] ConsultationId Sender) : IConsultationMessage;

/// <summary>A consultation tells its status.</summary>
[GenerateSerializer, Immutable, Alias("replays.status-report")]
public sealed record StatusReport([property: Id(0)] ConsultationId Sender, [property: Id(1)] ConsultationStatus Status) : IConsultationMessage;

/// <summary>A consultation asks for a recording's data key: a new one with no <see cref="Wrapped"/>, else that one unwrapped.</summary>
[GenerateSerializer, Immutable, Alias("replays.data-key-request")]
public sealed record DataKeyRequest([property: Id(0)] RecordingId Recording, [property: Id(1)] byte[]? Wrapped) : IConsultationMessage
{
    public ConsultationId Sender => Recording.Consultation;
}

/// <summary>A data key of 256 bits, and the same wrapped under its patient's own key.</summary>
[GenerateSerializer, Immutable, Alias("replays.data-key")]
public sealed record DataKey([property: Id(0)] byte[] Plain, [property: Id(1)] byte[] Wrapped);

/// <summary>A consultation delivers a recording.</summary>
[GenerateSerializer, Immutable, Alias("replays.delivery")]
public sealed record Delivery([property: Id(0)] Replay Replay, [property: Id(1)] Actor By) : IConsultationMessage
{
    public ConsultationId Sender => Replay.Name.Consultation;
}

/// <summary>What came of a delivery.</summary>
[GenerateSerializer, Alias("replays.delivery-result")]
public enum DeliveryResult
{
    /// <summary>It is in the patient's list now.</summary>
    Accepted = 0,

    /// <summary>It was there already; nothing changed.</summary>
    AlreadyDelivered = 1,

    /// <summary>A lock refused it.</summary>
    Refused = 2,

    /// <summary>It is there already with other media; nothing changed.</summary>
    Conflict = 3,
}

/// <summary>A consultation takes replays back: consent withdrawn after the end, or the wrong patient was in the call.</summary>
[GenerateSerializer, Immutable, Alias("replays.withdraw-replays")]
public sealed record WithdrawReplays(
    [property: Id(0)] ConsultationId Sender,
    [property: Id(1)] ConsultationMode? Mode,
    [property: Id(2)] string Reason,
    [property: Id(3)] Actor By) : IConsultationMessage;
