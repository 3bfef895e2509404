using System.Text.Json.Serialization;

namespace Replays.Grains.Incidents;

/// <summary>A communication to data subjects.</summary>
/// <param name="People">Number of recipients.</param>
/// <param name="Text">Nature, contact, consequences and measures (Art. 34(2)).</param>
[GenerateSerializer, Immutable, Alias("replays.incident-communication")]
public sealed record Communication([property: Id(0)] DateTimeOffset At, [property: Id(1)] int? People, [property: Id(2)] string Text)
{
    /// <summary>In JSON the number of recipients is optional. The order of stored members stays.</summary>
    [JsonConstructor]
    public Communication(DateTimeOffset at, string text, int? people = null) : this(at, people, text)
    {
    }
}
