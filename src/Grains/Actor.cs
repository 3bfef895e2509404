namespace Replays.Grains;

/// <summary>Who acts: the subject of the validated token, in one role.</summary>
[GenerateSerializer, Immutable, Alias("replays.actor")]
public sealed record Actor([property: Id(0)] string Subject, [property: Id(1)] string Role)
{
    /// <summary>The service itself, for example when it settles a consultation.</summary>
    public static readonly Actor System = new("replays", "system");
}
