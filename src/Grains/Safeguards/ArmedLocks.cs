namespace Replays.Grains.Safeguards;

/// <summary>
/// Which locks are armed: all of them, always. No configuration changes that; only a test, which shows that one lock alone refuses, can
/// make another set.
/// </summary>
public sealed class ArmedLocks
{
    private readonly Lock[] _armed;

    public ArmedLocks() => _armed = Enum.GetValues<Lock>();

    internal ArmedLocks(params Lock[] armed) => _armed = armed;

    internal bool Has(Lock which) => _armed.Contains(which);
}
