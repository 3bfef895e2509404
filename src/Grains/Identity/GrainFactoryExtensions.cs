using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Grains.Identity;

/// <summary>From a name to the grain that bears it; the only way to address one.</summary>
public static class GrainFactoryExtensions
{
    public static IPatientGrain Patient(this IGrainFactory grains, PatientId id) => grains.GetGrain<IPatientGrain>(id.Name);

    public static IConsultationGrain Consultation(this IGrainFactory grains, ConsultationId id) =>
        grains.GetGrain<IConsultationGrain>(id.Name);
}
