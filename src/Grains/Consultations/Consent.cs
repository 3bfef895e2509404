namespace Replays.Grains.Consultations;

/// <summary>Current consent to record in one mode (GDPR Art. 7 and 9(2)(a): explicit, demonstrable, withdrawable at any time).</summary>
[GenerateSerializer, Immutable, Alias("replays.consent")]
public sealed record Consent
{
    [Id(0)] public required bool Granted { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>The subject of the patient's token, or the person who attests spoken consent.</summary>
    [Id(2)] public required string By { get; init; }

    /// <summary>Spoken, and attested by the app's backend.</summary>
    [Id(3)] public required bool Attested { get; init; }
}
