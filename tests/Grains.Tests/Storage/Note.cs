namespace Replays.Grains.Tests.Storage;

[GenerateSerializer, Alias("replays.tests.note")]
public sealed record Note
{
    [Id(0)]
    public int Writer { get; init; }
}
