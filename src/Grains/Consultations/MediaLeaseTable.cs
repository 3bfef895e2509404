namespace Replays.Grains.Consultations;

/// <summary>Leases on a consultation's media. In memory only: across activations, the media store prevents concurrent writers.</summary>
internal sealed class MediaLeaseTable(TimeProvider time)
{
    private readonly Dictionary<int, (Guid Id, long RenewedAt, bool Seals)> _leases = [];

    public bool IsFree(int ordinal) => !_leases.TryGetValue(ordinal, out var lease) || IsExpired(lease.RenewedAt);

    public void Acquire(int ordinal, Guid lease, bool seals) => _leases[ordinal] = (lease, time.GetTimestamp(), seals);

    public bool OwnsLease(int ordinal, Guid lease) => Find(ordinal, lease) is not null;

    public bool OwnsSealLease(int ordinal, Guid lease) => Find(ordinal, lease) is { Seals: true };

    /// <returns>False: the lease is lost.</returns>
    public bool Renew(int ordinal, Guid lease)
    {
        if (Find(ordinal, lease) is not { } held)
            return false;
        _leases[ordinal] = held with { RenewedAt = time.GetTimestamp() };
        return true;
    }

    public void Release(int ordinal, Guid lease)
    {
        if (_leases.TryGetValue(ordinal, out var held) && held.Id == lease)
            _leases.Remove(ordinal);
    }

    public void Clear() => _leases.Clear();

    private (Guid Id, long RenewedAt, bool Seals)? Find(int ordinal, Guid lease) =>
        lease != Guid.Empty && _leases.TryGetValue(ordinal, out var held) && held.Id == lease && !IsExpired(held.RenewedAt) ? held : null;

    private bool IsExpired(long renewedAt) => time.GetElapsedTime(renewedAt) >= MediaLease.Lifetime;
}
