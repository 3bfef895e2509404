namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>record</em>: every stored record carries the name of its owner; a grain that finds another name in the record it loads, or no
/// name at all, gives out nothing of it.
/// </summary>
public sealed class RecordSafeguard(EnabledSafeguards armed, SafeguardDenials refusals)
{
    /// <param name="own">The name of the grain, or of its page, that loads the record.</param>
    /// <param name="stored">The name in the record.</param>
    public bool Allows(string own, string? stored)
    {
        if (!armed.IsEnabled(Safeguard.Record) || stored == own)
            return true;
        refusals.ReportDefect(Safeguard.Record, own);
        return false;
    }
}
