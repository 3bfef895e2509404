namespace Replays.Media.Containers;

/// <summary>An EBML element. One of unknown size, or one that exceeds its parent, ends with the parent and is not complete.</summary>
internal readonly record struct EbmlElement(uint Id, long Start, long DataStart, long End, bool HasUnknownSize, bool IsComplete)
{
    public long DataLength => End - DataStart;
}
