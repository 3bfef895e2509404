namespace Replays.Grains.Exposure;

/// <summary>How media were requested. The numbers are stored.</summary>
public enum AccessMethod
{
    /// <summary>With the principal's own token.</summary>
    Token = 0,

    /// <summary>By a playback URL.</summary>
    Url = 1,
}
