namespace Replays.Grains.StopList;

/// <summary>How much a suspension turns off. The numbers are stored.</summary>
public enum StopScope
{
    /// <summary>Every media request.</summary>
    Playback = 0,

    /// <summary>Lists and items too: all that shows replays.</summary>
    All = 1,
}
