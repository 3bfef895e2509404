namespace Replays.Grains.Storage;

/// <summary>The one storage provider of all grain state.</summary>
public static class ReplaysStorage
{
    /// <summary>Under which the provider is registered.</summary>
    public const string Name = "Replays";
}
