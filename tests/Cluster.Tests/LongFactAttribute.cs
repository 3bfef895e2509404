using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Replays.Cluster.Tests;

/// <summary>A scenario that takes minutes and runs only in a full run. CI excludes it by its trait.</summary>
internal sealed class LongFactAttribute : FactAttribute, ITraitAttribute
{
    public LongFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = Settings.LongSkipReason;
        SkipType = typeof(Settings);
        SkipUnless = nameof(Settings.IsFullRun);
    }

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("takes", "minutes")];
}
