namespace Replays.Grains.Safeguards;

/// <summary>
/// Rejects all calls to an activation whose record bears another name, without reading the record again. After a minute the next call
/// deactivates it, so that a repaired record is read.
/// </summary>
internal sealed class OwnershipMismatchGuard(EnabledSafeguards enabled, SafeguardDenials denials, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private long? _detected;

    public bool IsMismatched => _detected is not null;

    /// <returns>Whether the record is the grain's own.</returns>
    public bool Check(string own, string? stored)
    {
        if (denials.Allows(RecordSafeguard.Check(enabled, own, stored)))
            return true;
        _detected ??= time.GetTimestamp();
        return false;
    }

    /// <exception cref="OwnershipMismatchException">A record of this grain bears another name.</exception>
    public void ThrowIfMismatched(IGrainBase grain)
    {
        if (_detected is not { } detected)
            return;
        if (time.GetElapsedTime(detected) >= Period)
            grain.DeactivateOnIdle();
        throw new OwnershipMismatchException();
    }
}
