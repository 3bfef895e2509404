using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;

namespace Replays.Grains;

public static class GrainRegistration
{
    /// <summary>What the grains are made with. Storage, keys and the media store come from the host.</summary>
    public static IServiceCollection AddReplaysGrains(this IServiceCollection services)
    {
        services.AddOptions<ReplaysOptions>().BindConfiguration(ReplaysOptions.Section)
            .Validate(o => o.Recordings.MaxPerConsultation is >= 1 and <= 32, "Replays:Recordings:MaxPerConsultation must be 1 to 32.")
            .Validate(o => o.Recordings.MaxBytes > 0, "Replays:Recordings:MaxBytes must be positive.")
            .Validate(o => Within(o.Recordings.UploadDeadline, days: 30), "Replays:Recordings:UploadDeadline must be positive, 30 days at most.")
            .Validate(o => Within(o.Recordings.MaxCallDuration, days: 7), "Replays:Recordings:MaxCallDuration must be positive, 7 days at most.")
            .Validate(o => Within(o.Recordings.UploadIdleTimeout, days: 1), "Replays:Recordings:UploadIdleTimeout must be positive, 1 day at most.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EnabledSafeguards>();
        services.TryAddSingleton<NearMissBuffer>();
        services.TryAddSingleton<INearMissRecorder>(provider => provider.GetRequiredService<NearMissBuffer>());
        return services
            .AddSingleton<SafeguardDenials>()
            .AddSingleton<KeySafeguard>()
            .AddSingleton<ConsultationRules>()
            .AddSingleton<LedgerRules>()
            .AddSingleton<IncidentRules>()
            .AddSingleton<AuditTrailRules>();
    }

    private static bool Within(TimeSpan duration, int days) => duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(days);
}
