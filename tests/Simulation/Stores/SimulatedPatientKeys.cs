using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Identity;
using Replays.Grains.Keys;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Stores;

internal sealed class SimulatedPatientKeys(FaultInjector faults) : IPatientKeys
{
    private readonly Dictionary<PatientId, byte[]> _keys = [];
    private int _created;

    /// <summary>Sees a key's destruction when it happens.</summary>
    public Action<PatientId>? Destroying { get; set; }

    public bool Exists(PatientId patient) => _keys.ContainsKey(patient);

    public Task<byte[]> GetOrCreate(PatientId patient, CancellationToken cancellation) =>
        Task.FromResult(faults.Around(EffectKind.Database, $"create key of {patient}", () =>
            _keys.TryGetValue(patient, out var key)
                ? key
                : _keys[patient] = SHA256.HashData(Encoding.UTF8.GetBytes($"{patient.Name}/{++_created}"))));

    public Task<byte[]?> Find(PatientId patient, CancellationToken cancellation) => Task.FromResult(_keys.GetValueOrDefault(patient));

    public Task Destroy(PatientId patient, CancellationToken cancellation) =>
        Task.FromResult(faults.Around(EffectKind.Database, $"destroy key of {patient}", () =>
        {
            Destroying?.Invoke(patient);
            return _keys.Remove(patient);
        }));
}
