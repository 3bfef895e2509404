namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>record</em>: every stored record carries the name of its owner. A grain that loads a record bearing another name, or none,
/// returns nothing of it.
/// </summary>
internal static class RecordSafeguard
{
    /// <param name="own">The name of the grain, or of its page, that loads the record.</param>
    public static Denial? Check(EnabledSafeguards enabled, string own, string? stored) =>
        enabled.IsEnabled(Safeguard.Record) && stored != own ? new(Safeguard.Record, own) : null;
}
