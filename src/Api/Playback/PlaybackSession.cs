using Replays.Grains.Exposure;

namespace Replays.Api.Playback;

/// <summary>
/// A playback that this process serves, and its durable record. The record is written ahead: no byte is sent before the record allows for
/// it. The bytes actually sent are written when a request ends. A request for bytes that were served before writes nothing.
/// </summary>
public sealed partial class PlaybackSession(IExposureLog log, TimeProvider time, ILogger<PlaybackSession> logger, PlaybackPart first)
{
    /// <summary>The accuracy of the recorded time of the last request.</summary>
    private static readonly TimeSpan TimeAccuracy = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _recording = new(1, 1);
    private readonly Lock _lock = new();
    private readonly HashSet<ServedRange> _active = [];
    private ByteRangeSet _served = ByteRangeSet.None;
    private PlaybackPart _durable = first;
    private volatile bool _hasStarted;

    public bool HasStarted => _hasStarted;

    public DateTimeOffset LastUsed { get; private set; } = first.LastAt;

    public bool IsServing
    {
        get
        {
            lock (_lock)
                return _active.Count > 0;
        }
    }

    /// <summary>Starts a request for these bytes. Dispose the result when the request ends.</summary>
    public ServedRange Serve(ByteRange range)
    {
        var served = new ServedRange(this, range);
        lock (_lock)
        {
            LastUsed = time.GetUtcNow();
            _active.Add(served);
        }
        return served;
    }

    private async Task Record(CancellationToken cancellation)
    {
        await _recording.WaitAsync(cancellation);
        try
        {
            var next = Snapshot();
            if (_hasStarted && next.Served == _durable.Served && next.UpperBound == _durable.UpperBound
                && next.LastAt - _durable.LastAt < TimeAccuracy)
                return;
            await log.RecordPlayback(next, cancellation);
            (_durable, _hasStarted) = (next, true);
        }
        finally
        {
            _recording.Release();
        }
    }

    private PlaybackPart Snapshot()
    {
        lock (_lock)
        {
            var (sent, upperBound) = (_served, ByteRangeSet.None);
            foreach (var range in _active)
                sent = sent.With(range.Sent);
            foreach (var range in _active)
                upperBound = sent.Contains(range.UpperBound) ? upperBound : upperBound.With(range.UpperBound);
            return _durable with { Served = sent, UpperBound = upperBound, LastAt = time.GetUtcNow() };
        }
    }

    private async Task End(ServedRange served)
    {
        lock (_lock)
        {
            _served = _served.With(served.Sent);
            _active.Remove(served);
            LastUsed = time.GetUtcNow();
        }
        if (!_hasStarted)
            return; // nothing was recorded, so nothing was sent
        try
        {
            await Record(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogInexact(e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The bytes served in a playback could not be recorded exactly ({Error}). The recorded upper bound remains.")]
    private partial void LogInexact(string error);

    /// <summary>The bytes of one request.</summary>
    public sealed class ServedRange : IAsyncDisposable
    {
        /// <summary>How far the record runs ahead of the bytes sent. It is extended when half of that is used up.</summary>
        private const long Step = 32 << 20;

        private readonly PlaybackSession _session;
        private readonly ByteRange _range;
        private Task? _extension;
        private long _recordedTo;
        private long _sentTo, _upperBound;

        internal ServedRange(PlaybackSession session, ByteRange range)
        {
            (_session, _range) = (session, range);
            _recordedTo = _sentTo = _upperBound = range.From;
        }

        internal ByteRange Sent => new(_range.From, Volatile.Read(ref _sentTo));

        internal ByteRange UpperBound => new(_range.From, Volatile.Read(ref _upperBound));

        /// <summary>Makes the first step durable. Call before the response starts, so that a failure can still become a problem.</summary>
        public async Task Begin(CancellationToken cancellation)
        {
            while (_recordedTo == _range.From)
                await Extend(cancellation);
        }

        /// <summary>Completes when the record allows for the next <paramref name="bytes"/>. Call before each write of media.</summary>
        public ValueTask EnsureRecorded(int bytes, CancellationToken cancellation)
        {
            var to = _sentTo + bytes;
            if (to > _recordedTo)
                return new(ExtendTo(to, cancellation));
            MarkSent(to);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            if (_extension is { } extension)
                await extension.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _session.End(this);
        }

        private async Task ExtendTo(long to, CancellationToken cancellation)
        {
            while (to > _recordedTo)
                await Extend(cancellation);
            MarkSent(to);
        }

        private async Task Extend(CancellationToken cancellation)
        {
            await (_extension ??= ExtendByStep());
            _extension = null;
            cancellation.ThrowIfCancellationRequested();
        }

        private void MarkSent(long to)
        {
            Volatile.Write(ref _sentTo, to);
            if (_extension is { IsCompletedSuccessfully: true })
                _extension = null;
            if (_recordedTo < _range.To && _recordedTo - to < Step / 2)
                _extension ??= ExtendByStep();
        }

        private async Task ExtendByStep()
        {
            var next = Math.Min(_recordedTo + Step, _range.To);
            Volatile.Write(ref _upperBound, next);
            await _session.Record(CancellationToken.None);
            _recordedTo = next;
        }
    }
}
