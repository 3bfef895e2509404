using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Data.GrainStorage;

/// <summary>
/// Replaces database exceptions, which are not serializable, with <see cref="StorageUnavailableException"/> and deactivates the grain,
/// whose state may differ from the database. <see cref="InconsistentStateException"/> must pass unchanged, because Orleans deactivates the
/// grain only for that type.
/// </summary>
internal sealed partial class StorageFailureFilter(ILogger<StorageFailureFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception exception) when (FindStorageFailure(exception) is { } failure)
        {
            LogFailure(context.TargetContext.GrainId.Type.ToString(), failure.GetType().Name, (failure as DbException)?.SqlState);
            if (context.Grain is IGrainBase)
                context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, "The storage failed."));
            throw new StorageUnavailableException();
        }
    }

    private static Exception? FindStorageFailure(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is InconsistentStateException)
                return null;
            if (exception is DbException or StorageUnavailableException)
                return exception;
        }
        return null;
    }

    // Omits the exception: its message contains the grain key, which names a patient.
    [LoggerMessage(LogLevel.Error, "Storage failed in a call to a grain of type {GrainType}: {Failure} {SqlState}")]
    private partial void LogFailure(string grainType, string failure, string? sqlState);
}
