using Replays.Grains.Consultations;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Stores;

/// <summary>Encrypted objects: all that matters here is which are gone.</summary>
internal sealed class SimulatedMedia(FaultInjector faults) : IMediaObjects
{
    public HashSet<string> Deleted { get; } = [];

    /// <summary>Sees a deletion when it happens.</summary>
    public Action<string>? Deleting { get; set; }

    public Task Delete(string objectKey, CancellationToken cancellation) =>
        Task.FromResult(faults.Around(EffectKind.MediaStore, "delete media", () =>
        {
            Deleting?.Invoke(objectKey);
            return Deleted.Add(objectKey);
        }));
}
