using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Replays.Grains.Safeguards;

namespace Replays.Grains.AuditTrail;

/// <summary>The head and pages of one audit trail in storage.</summary>
internal sealed partial class TrailStore(GrainId grain, IGrainStorage storage, ILogger logger)
{
    public string Owner { get; } = grain.Key.ToString()!;

    public async Task<(TrailHead? Head, string? Tag)> ReadHead() => await Read<TrailHead>(TrailStorage.HeadState, Owner);

    public Task<string?> WriteHead(TrailHead head, string? tag) => Write(TrailStorage.HeadState, Owner, head, tag);

    public Task<(TrailPage? Page, string? Tag)> ReadPage(int number) =>
        Read<TrailPage>(TrailStorage.PageState, TrailStorage.PageKey(Owner, number));

    public Task<string?> WritePage(TrailPage page, string? tag) =>
        Write(TrailStorage.PageState, TrailStorage.PageKey(Owner, page.Number), page, tag);

    /// <exception cref="OwnershipMismatchException">The page is missing or bears another owner's name or number.</exception>
    public async Task<TrailPage> ReadOwnPage(int number) =>
        await ReadPage(number) is ({ } page, _) && page.Owner == Owner && page.Number == number ? page : throw Mismatch();

    /// <summary>Reads the end of the trail.</summary>
    /// <exception cref="OwnershipMismatchException">A record bears another owner's name, or entries are missing.</exception>
    public async Task<AppendCursor> ReadCursor()
    {
        var (head, headTag) = await ReadHead();
        if (head is not null && head.Owner != Owner)
            throw Mismatch();
        var number = head is { Count: > 0 } ? AuditTrailRules.PageOf(head.Count) : 0;
        var (last, lastTag) = (new TrailPage { Owner = Owner, Number = number }, (string?)null);
        while (await ReadPage(number) is ({ } page, var tag))
        {
            if (page.Owner != Owner || page.Number != number)
                throw Mismatch();
            (last, lastTag) = (page, tag);
            if (page.Entries.Length < TrailStorage.PageSize)
                break;
            number++;
        }
        var cursor = new AppendCursor(head, headTag, last, lastTag);
        return cursor.Count < cursor.HeadCount ? throw Mismatch() : cursor;
    }

    public OwnershipMismatchException Mismatch()
    {
        LogMismatch(logger);
        return new();
    }

    private async Task<(T? Value, string? Tag)> Read<T>(string name, string key) where T : class
    {
        var state = new GrainState<T>();
        await storage.ReadStateAsync(name, GrainId.Create(grain.Type, key), state);
        return state.RecordExists ? (state.State, state.ETag) : (null, state.ETag);
    }

    private async Task<string?> Write<T>(string name, string key, T value, string? tag) where T : class
    {
        var state = new GrainState<T>(value, tag) { RecordExists = tag is not null };
        await storage.WriteStateAsync(name, GrainId.Create(grain.Type, key), state);
        return state.ETag;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "An audit trail bears another owner's name or misses entries. It was rejected.")]
    private static partial void LogMismatch(ILogger logger);
}
