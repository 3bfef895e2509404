namespace Replays.Grains.Tests.Storage;

[GenerateSerializer, Alias("replays.tests.record")]
public sealed record TestRecord
{
    [Id(0)]
    public int Writer { get; init; }
}
