namespace Replays.Grains.Patients;

/// <summary>The result of a delivery.</summary>
[GenerateSerializer, Alias("replays.delivery-result")]
public enum DeliveryResult
{
    /// <summary>The replay is now in the patient's list.</summary>
    Accepted = 0,

    /// <summary>The same replay was delivered before; nothing changed.</summary>
    AlreadyDelivered = 1,

    /// <summary>A safeguard denied the delivery, or the patient is being erased.</summary>
    Rejected = 2,

    /// <summary>The recording was delivered before with other media; nothing changed.</summary>
    Conflict = 3,
}
