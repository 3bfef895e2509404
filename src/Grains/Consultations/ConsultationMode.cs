namespace Replays.Grains.Consultations;

/// <summary>How patient and clinician talk. Consent is given per mode; chat is not recorded.</summary>
[GenerateSerializer, Alias("replays.mode")]
public enum ConsultationMode
{
    Chat = 0,
    Audio = 1,
    Video = 2,
}
