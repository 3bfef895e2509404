namespace Replays.Grains.StopList;

/// <summary>What a suspension turns off. The numbers are stored; a higher one includes the lower.</summary>
public enum StopScope
{
    /// <summary>Media requests.</summary>
    Playback = 0,

    /// <summary>Also lists and items: everything that shows replays.</summary>
    All = 1,
}
