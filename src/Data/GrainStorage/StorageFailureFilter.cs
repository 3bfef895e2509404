using System.Data.Common;
using Orleans.Storage;
using Replays.Grains.Storage;

namespace Replays.Data.GrainStorage;

/// <summary>
/// Turns a database driver's exception, which can't travel, into <see cref="StorageUnavailableException"/>, and lets the activation go, after one
/// that is turned already as well: its memory and the database may disagree. <see cref="InconsistentStateException"/> passes untouched, because
/// only as itself does it make Orleans deactivate the grain.
/// </summary>
internal sealed partial class StorageFailureFilter(ILogger<StorageFailureFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception exception) when (DatabaseFailure(exception) is { } failure)
        {
            LogFailure(context.TargetContext.GrainId.Type.ToString(), failure.GetType().Name, (failure as DbException)?.SqlState);
            if (context.Grain is IGrainBase)
                context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, "Storage failed."));
            throw new StorageUnavailableException();
        }
    }

    private static Exception? DatabaseFailure(Exception? exception)
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

    // The exception itself is not logged: Orleans' message around it carries the grain's key, which names a patient.
    [LoggerMessage(LogLevel.Error, "Storage failed in a call to a grain of type {GrainType}: {Failure} {SqlState}")]
    private partial void LogFailure(string grainType, string failure, string? sqlState);
}
