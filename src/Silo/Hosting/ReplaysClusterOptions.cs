using System.ComponentModel.DataAnnotations;

namespace Replays.Silo.Hosting;

/// <summary>Section <c>Replays:Cluster</c>.</summary>
public sealed class ReplaysClusterOptions
{
    /// <summary>Which silos and clients belong together. Default <c>replays</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "replays";

    /// <summary>Names the stored data: it is part of every row's identity and never changes. Default <c>replays</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "replays";
}
