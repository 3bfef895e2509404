using Replays.Grains.Exposure;

namespace Replays.Api.Playback;

/// <summary>
/// One playback as this process serves it, and its durable record. No byte is sent before the record says that it may be; what was sent in
/// truth is written when a request ends. A request for what was served before writes nothing.
/// </summary>
public sealed partial class PlaybackSession(IExposureLog log, TimeProvider time, ILogger<PlaybackSession> logger, PlaybackPart first)
{
    /// <summary>How accurate the time of the last request is kept.</summary>
    private static readonly TimeSpan Accuracy = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly HashSet<ServedRange> _serving = [];
    private ByteRangeSet _served = ByteRangeSet.None;
    private PlaybackPart _durable = first;
    private volatile bool _begun;

    public bool HasBegun => _begun;

    public DateTimeOffset LastUsed { get; private set; } = first.LastAt;

    public bool IsServing
    {
        get
        {
            lock (_lock)
                return _serving.Count > 0;
        }
    }

    /// <summary>A request for these bytes; dispose of it when it has ended.</summary>
    public ServedRange Serve(ByteRange range)
    {
        var serving = new ServedRange(this, range);
        lock (_lock)
        {
            LastUsed = time.GetUtcNow();
            _serving.Add(serving);
        }
        return serving;
    }

    /// <summary>Makes durable what was sent, and what the requests under way may send next.</summary>
    private async Task Record(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var next = Present();
            if (_begun && next.Served == _durable.Served && next.UpperBound == _durable.UpperBound && next.LastAt - _durable.LastAt < Accuracy)
                return;
            await log.RecordPlayback(next, cancellation);
            (_durable, _begun) = (next, true);
        }
        finally
        {
            _turn.Release();
        }
    }

    private PlaybackPart Present()
    {
        lock (_lock)
        {
            var (served, atMost) = (_served, ByteRangeSet.None);
            foreach (var serving in _serving)
                served = served.With(serving.Sent);
            foreach (var serving in _serving)
                atMost = served.Contains(serving.AtMost) ? atMost : atMost.With(serving.AtMost);
            return _durable with { Served = served, UpperBound = atMost, LastAt = time.GetUtcNow() };
        }
    }

    private async Task End(ServedRange serving)
    {
        lock (_lock)
        {
            _served = _served.With(serving.Sent);
            _serving.Remove(serving);
            LastUsed = time.GetUtcNow();
        }
        if (!_begun)
            return; // nothing could be sent
        try
        {
            await Record(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotExact(e.GetType().Name); // what is durable says more than was sent, not less
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was served in a playback stays recorded as at most ({Cause}).")]
    private partial void LogNotExact(string cause);

    /// <summary>One request under way.</summary>
    public sealed class ServedRange : IAsyncDisposable
    {
        /// <summary>How far the record runs ahead of what is sent; the next step is written when half of it is used up.</summary>
        private const long Step = 32 << 20;

        private readonly PlaybackSession _playback;
        private readonly ByteRange _range;
        private Task? _widening;
        private long _covered;
        private long _sentTo, _atMost;

        internal ServedRange(PlaybackSession playback, ByteRange range)
        {
            (_playback, _range) = (playback, range);
            _covered = _sentTo = _atMost = range.From;
        }

        internal ByteRange Sent => new(_range.From, Volatile.Read(ref _sentTo));

        internal ByteRange AtMost => new(_range.From, Volatile.Read(ref _atMost));

        /// <summary>Completes when the first step is durable, so that what fails until then can still be answered as a problem.</summary>
        public async Task Begin(CancellationToken cancellation)
        {
            while (_covered == _range.From)
                await Widened(cancellation);
        }

        /// <summary>Completes when it is durable that the next bytes may have been sent. Before each write of media.</summary>
        /// <param name="bytes">How many.</param>
        /// <param name="cancellation">Gives up.</param>
        public ValueTask EnsureRecorded(int bytes, CancellationToken cancellation)
        {
            var to = _sentTo + bytes;
            if (to > _covered)
                return new(Wait(to, cancellation));
            Send(to);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            if (_widening is { } widening)
                await ((Task)widening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _playback.End(this);
        }

        private async Task Wait(long to, CancellationToken cancellation)
        {
            while (to > _covered)
                await Widened(cancellation);
            Send(to);
        }

        private async Task Widened(CancellationToken cancellation)
        {
            await (_widening ??= Widen());
            _widening = null;
            cancellation.ThrowIfCancellationRequested();
        }

        private void Send(long to)
        {
            Volatile.Write(ref _sentTo, to);
            if (_widening is { IsCompletedSuccessfully: true })
                _widening = null;
            if (_covered < _range.To && _covered - to < Step / 2)
                _widening ??= Widen();
        }

        private async Task Widen()
        {
            var next = Math.Min(_covered + Step, _range.To);
            Volatile.Write(ref _atMost, next);
            await _playback.Record(CancellationToken.None);
            _covered = next;
        }
    }
}
