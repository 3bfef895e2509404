using Replays.Grains.Identity;

namespace Replays.Grains.Exposure;

/// <summary>What one process knows of one playback. Several parts with the same <see cref="Playback"/> are one playback.</summary>
public sealed record PlaybackPart
{
    /// <summary>The playback: 32 hexadecimal digits, not to be guessed.</summary>
    public required string Playback { get; init; }

    /// <summary>The part: only who made it writes it.</summary>
    public required string Part { get; init; }

    public required RecordingId Recording { get; init; }

    public required Recipient Recipient { get; init; }

    public required AccessMethod AccessMethod { get; init; }

    /// <summary>Of the whole media.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Of the whole media.</summary>
    public required double DurationSeconds { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Accurate to half a minute.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>What was sent.</summary>
    public required ByteRangeSet Served { get; init; }

    /// <summary>What may have been sent beyond that, by requests that were under way when this was written.</summary>
    public required ByteRangeSet UpperBound { get; init; }
}
