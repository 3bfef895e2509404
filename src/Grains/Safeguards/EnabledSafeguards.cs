namespace Replays.Grains.Safeguards;

/// <summary>The enabled safeguards: always all of them. Not configurable; only tests of one safeguard create another set.</summary>
public sealed class EnabledSafeguards
{
    private readonly Safeguard[] _enabled;

    public EnabledSafeguards() => _enabled = Enum.GetValues<Safeguard>();

    internal EnabledSafeguards(params Safeguard[] enabled) => _enabled = enabled;

    public bool IsEnabled(Safeguard safeguard) => _enabled.Contains(safeguard);
}
