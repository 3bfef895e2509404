namespace Replays.Grains.Consultations;

/// <summary>What incidents decide about this consultation's recordings.</summary>
internal sealed partial class ConsultationGrain
{
    public async Task ForgetKey(int ordinal, CancellationToken cancellation)
    {
        if (await Load() is { } state && state.Recording(ordinal) is { IsUnsealed: false, WrappedKey.Length: > 0 } recording)
            await Save(state.With(recording with { WrappedKey = [] }));
    }
}
