using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Replays.Grains.StopList;

namespace Replays.Api.Controls;

/// <summary>A request to suspend or resume playback.</summary>
public sealed record PlaybackSwitch
{
    public required bool Enabled { get; init; }

    [StringLength(500, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>What to suspend: <c>playback</c> (the default), or <c>all</c> for lists and items too.</summary>
    public StopScope Scope { get; init; }
}

/// <summary>Whether playback is enabled; the scope, reason, actor and time are those of the suspension.</summary>
/// <param name="History">The last 100 changes, newest first.</param>
public sealed record PlaybackState(
    bool Enabled, StopScope? Scope, string? Reason, Actor? By, DateTimeOffset? Since,
    [property: JsonPropertyName("turns")] IReadOnlyList<SuspensionChangeView> History)
{
    public static PlaybackState Of(Stop? suspension, IEnumerable<SuspensionChange> history) => new(
        suspension is null, suspension?.Scope, suspension?.Reason, suspension?.By, suspension?.At,
        [.. history.Select(change => new SuspensionChangeView(change.Off is null, change.Off, change.Reason, change.By, change.At))]);
}

public sealed record SuspensionChangeView(bool Enabled, StopScope? Scope, string Reason, Actor By, DateTimeOffset At);
