using Replays.Api.Tests.Http;
using Xunit;

[assembly: AssemblyFixture(typeof(EmbeddedApi))]

namespace Replays.Api.Tests.Http;

/// <summary>One embedded Api for the assembly. Tests that kill or configure the Api start their own.</summary>
public sealed class EmbeddedApi : IAsyncLifetime
{
    public ApiProcess Api { get; } = new();

    public async ValueTask InitializeAsync() => await Api.Program.Start();

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}
