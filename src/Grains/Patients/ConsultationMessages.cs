using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>Asks for the consultation's entry in the ledger.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-query")]
public sealed record LedgerQuery([property: Id(0)] ConsultationId Sender) : IConsultationMessage;

/// <summary>Reports the consultation's status.</summary>
[GenerateSerializer, Immutable, Alias("replays.status-report")]
public sealed record StatusReport(
    [property: Id(0)] ConsultationId Sender, [property: Id(1)] ConsultationStatus Status) : IConsultationMessage;

/// <summary>Requests a recording's data key: <see cref="Wrapped"/> unwrapped, or a new one when it is null.</summary>
[GenerateSerializer, Immutable, Alias("replays.data-key-request")]
public sealed record DataKeyRequest([property: Id(0)] RecordingId Recording, [property: Id(1)] byte[]? Wrapped) : IConsultationMessage
{
    public ConsultationId Sender => Recording.Consultation;
}

/// <summary>Delivers a recording.</summary>
[GenerateSerializer, Immutable, Alias("replays.delivery")]
public sealed record Delivery([property: Id(0)] Replay Replay, [property: Id(1)] Actor By) : IConsultationMessage
{
    public ConsultationId Sender => Replay.Name.Consultation;
}

/// <summary>Rejects deliveries of recordings from now on, because the consultation is about to discard them.</summary>
[GenerateSerializer, Immutable, Alias("replays.reject-deliveries")]
public sealed record RejectDeliveries(
    [property: Id(0)] ConsultationId Sender, [property: Id(1)] ImmutableArray<int> Ordinals) : IConsultationMessage;

/// <summary>
/// Withdraws the replays of one mode, or all: consent was withdrawn after the call, or the wrong patient was in it.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.withdraw-replays")]
public sealed record WithdrawReplays(
    [property: Id(0)] ConsultationId Sender,
    [property: Id(1)] ConsultationMode? Mode,
    [property: Id(2)] string Reason,
    [property: Id(3)] Actor By) : IConsultationMessage;
