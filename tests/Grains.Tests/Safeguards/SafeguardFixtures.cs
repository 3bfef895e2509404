using System.Collections.Concurrent;
using Replays.Grains.Safeguards;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>One silo per set of enabled safeguards, started on first use.</summary>
public sealed class SafeguardFixtures : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SafeguardFixture>>> _fixtures = new();

    internal Task<SafeguardFixture> With(params Safeguard[] enabled) =>
        _fixtures.GetOrAdd(string.Join('+', enabled), _ => new(() => SafeguardFixture.Start(enabled))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var fixture in _fixtures.Values)
            await (await fixture.Value).DisposeAsync();
    }
}
