using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Grains.Identity;

/// <summary>The only way to address a patient's or a consultation's grain: by its name.</summary>
public static class GrainFactoryExtensions
{
    public static IPatientGrain Patient(this IGrainFactory grains, PatientId id) => grains.GetGrain<IPatientGrain>(id.Name);

    public static IConsultationGrain Consultation(this IGrainFactory grains, ConsultationId id) =>
        grains.GetGrain<IConsultationGrain>(id.Name);
}
