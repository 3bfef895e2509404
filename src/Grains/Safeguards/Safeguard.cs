namespace Replays.Grains.Safeguards;

/// <summary>The seven independent safeguards against misdelivery, each in a file of its name; <see cref="Reader"/> is in the Api.</summary>
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
