namespace Replays.Grains.Storage;

/// <summary>The storage provider of all grain state.</summary>
public static class ReplaysStorage
{
    public const string Name = "Replays";
}
