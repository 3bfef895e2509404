using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Replays.Cluster.Tests;

/// <summary>A scenario that takes minutes and runs only when all are asked for. CI leaves these out by their trait.</summary>
internal sealed class LongFactAttribute : FactAttribute, ITraitAttribute
{
    public LongFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = Settings.Long;
        SkipType = typeof(Settings);
        SkipUnless = nameof(Settings.RunsAll);
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("takes", "minutes")];
}
