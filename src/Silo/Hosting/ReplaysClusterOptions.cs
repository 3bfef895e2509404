using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Hosting;

/// <summary>Section <c>Replays:Cluster</c>.</summary>
public sealed class ReplaysClusterOptions
{
    /// <summary>Identifies the cluster: silos and clients with the same id belong together. Default <c>replays</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "replays";

    /// <summary>Identifies the stored data. Part of every row's key, so it must never change. Default <c>replays</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "replays";
}
