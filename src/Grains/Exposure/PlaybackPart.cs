namespace Replays.Grains.Exposure;

/// <summary>The part of a playback that one process served. Parts with the same <see cref="Playback"/> form one playback.</summary>
public sealed record PlaybackPart
{
    /// <summary>The playback's id: 32 unguessable hexadecimal digits.</summary>
    public required string Playback { get; init; }

    /// <summary>The part's id. Only the process that created the part writes it.</summary>
    public required string Part { get; init; }
    public required RecordingId Recording { get; init; }
    public required Recipient Recipient { get; init; }
    public required AccessMethod AccessMethod { get; init; }

    /// <summary>Size of the whole media.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Duration of the whole media.</summary>
    public required double DurationSeconds { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Accurate to half a minute.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Bytes that were sent.</summary>
    public required ByteRangeSet Served { get; init; }

    /// <summary>Further bytes that may have been sent, by requests in progress when this was written.</summary>
    public required ByteRangeSet UpperBound { get; init; }
}
