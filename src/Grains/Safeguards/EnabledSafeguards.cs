namespace Replays.Grains.Safeguards;

/// <summary>
/// Which locks are armed: all of them, always. No configuration changes that; only a test, which shows that one lock alone refuses, can
/// make another set.
/// </summary>
public sealed class EnabledSafeguards
{
    private readonly Safeguard[] _enabled;

    public EnabledSafeguards() => _enabled = Enum.GetValues<Safeguard>();

    internal EnabledSafeguards(params Safeguard[] armed) => _enabled = armed;

    internal bool IsEnabled(Safeguard which) => _enabled.Contains(which);
}
