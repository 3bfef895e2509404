namespace Replays.Grains.Consultations;

/// <summary>Consent to record in one mode, as it stands (GDPR Art. 7 and 9(2)(a): explicit, demonstrable, withdrawable at any time).</summary>
[GenerateSerializer, Immutable, Alias("replays.consent")]
public sealed record Consent
{
    [Id(0)]
    public required bool Granted { get; init; }

    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose token it was, or who attests that it was spoken.</summary>
    [Id(2)]
    public required string By { get; init; }

    /// <summary>Spoken, and attested by the app's backend: marked as such for good.</summary>
    [Id(3)]
    public required bool Attested { get; init; }
}
