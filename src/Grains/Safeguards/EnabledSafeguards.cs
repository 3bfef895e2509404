namespace Replays.Grains.Safeguards;

/// <summary>
/// The safeguards in force: all of them, always. No configuration changes that; only a test that shows what a single safeguard denies makes
/// another set.
/// </summary>
public sealed class EnabledSafeguards
{
    private readonly Safeguard[] _enabled;

    public EnabledSafeguards() => _enabled = Enum.GetValues<Safeguard>();

    internal EnabledSafeguards(params Safeguard[] enabled) => _enabled = enabled;

    public bool IsEnabled(Safeguard safeguard) => _enabled.Contains(safeguard);
}
