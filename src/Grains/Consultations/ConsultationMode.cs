namespace Replays.Grains.Consultations;

/// <summary>The medium of a call. Consent is given per mode; chat is not recorded.</summary>
[GenerateSerializer, Alias("replays.mode")]
public enum ConsultationMode
{
    Chat = 0,
    Audio = 1,
    Video = 2,
}
