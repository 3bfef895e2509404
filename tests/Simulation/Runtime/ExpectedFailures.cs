using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;
using Replays.Grains.Safeguards;
using Replays.Grains.Storage;

namespace Replays.Simulation.Runtime;

/// <summary>What a caller of a grain must be ready for. Anything else that comes out of a grain is a defect.</summary>
internal static class ExpectedFailures
{
    public static bool IsExpected(Exception exception) => exception is TimeoutException or SiloUnavailableException
        or StorageUnavailableException or DbException or InconsistentStateException or OwnershipMismatchException
        || exception is InvalidOperationException { Message: "The patient is on legal hold." };
}
