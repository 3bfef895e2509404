namespace Replays.Grains.Safeguards;

/// <summary>
/// The seven independent safeguards against misdelivery. Each has a file of its name beside this one; the reader safeguard's is in the Api.
/// </summary>
[GenerateSerializer, Alias("replays.safeguard")]
public enum Safeguard
{
    Name = 0,
    Caller = 1,
    Ledger = 2,
    Presence = 3,
    Record = 4,
    Key = 5,
    Reader = 6,
}
