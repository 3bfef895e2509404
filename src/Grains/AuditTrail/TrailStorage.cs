using System.Collections.Immutable;

namespace Replays.Grains.AuditTrail;

/// <summary>How trails lie in the database: state names, keys and sizes, for the grain and for the ownership audit.</summary>
public static class TrailStorage
{
    /// <summary>The state name of pages; key <c>patients/{patient}/trail/{page}</c>, from 0.</summary>
    public const string PageState = "audit-page";

    /// <summary>The state name of heads; key <c>patients/{patient}</c>.</summary>
    public const string HeadState = "audit-head";

    /// <summary>Entries a page. An append rewrites one page, some 20 KB at most.</summary>
    public const int PageSize = 64;

    public static string PageKey(string owner, int page) => $"{owner}/trail/{page}";
}

/// <summary>A page of a trail. Bears its owner's name, so that a misfiled one is refused.</summary>
[GenerateSerializer, Immutable, Alias("replays.trail-page")]
public sealed record TrailPage
{
    [Id(0)]
    public required string Owner { get; init; }

    [Id(1)]
    public required int Number { get; init; }

    [Id(2)]
    public ImmutableArray<ChainedEntry> Entries { get; init; } = [];
}

/// <summary>
/// One entry: chained by <see cref="Hash"/> to the one before, over a commitment to what it says and not over that itself, so that
/// what it says can be destroyed later.
/// </summary>
[GenerateSerializer, Immutable, Alias("replays.chained-entry")]
public sealed record ChainedEntry
{
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>When it was appended, in milliseconds since 1970; never before the entry ahead of it.</summary>
    [Id(1)]
    public required long RecordedAt { get; init; }

    [Id(2)]
    public required byte[] Commitment { get; init; }

    [Id(3)]
    public required byte[] Hash { get; init; }

    /// <summary>16 random bytes, without which the commitment tells nothing; null once erased.</summary>
    [Id(4)]
    public byte[]? Salt { get; init; }

    /// <summary>The <see cref="AuditEntry"/> in JSON; null once erased.</summary>
    [Id(5)]
    public byte[]? Content { get; init; }
}

/// <summary>How long the trail is and how it ends: a trail cut short behind its head shows.</summary>
[GenerateSerializer, Immutable, Alias("replays.trail-head")]
public sealed record TrailHead
{
    [Id(0)]
    public required string Owner { get; init; }

    [Id(1)]
    public required long Count { get; init; }

    [Id(2)]
    public required byte[] Hash { get; init; }
}
