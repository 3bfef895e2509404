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
    /// <summary>Registers the options, rules and safeguards. The host provides storage, keys, the stop list and the media store.</summary>
    public static IServiceCollection AddReplaysGrains(this IServiceCollection services)
    {
        services.AddOptions<ReplaysOptions>().BindConfiguration(ReplaysOptions.Section)
            .Validate(o => o.Recordings.MaxPerConsultation is >= 1 and <= 32, "Replays:Recordings:MaxPerConsultation must be 1 to 32.")
            .Validate(o => o.Recordings.MaxBytes > 0, "Replays:Recordings:MaxBytes must be positive.")
            .Validate(o => Within(o.Recordings.UploadDeadline, 30), "Replays:Recordings:UploadDeadline must be positive, 30 days max.")
            .Validate(o => Within(o.Recordings.MaxCallDuration, 7), "Replays:Recordings:MaxCallDuration must be positive, 7 days max.")
            .Validate(o => Within(o.Recordings.UploadIdleTimeout, 1), "Replays:Recordings:UploadIdleTimeout must be positive, 1 day max.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EnabledSafeguards>();
        services.TryAddSingleton<NearMissBuffer>();
        services.TryAddSingleton<INearMissRecorder>(provider => provider.GetRequiredService<NearMissBuffer>());
        return services.AddSingleton<SafeguardDenials>().AddSingleton<KeySafeguard>()
            .AddSingleton<ConsultationRules>().AddSingleton<LedgerRules>().AddSingleton<IncidentRules>().AddSingleton<AuditTrailRules>();
    }

    private static bool Within(TimeSpan duration, int maxDays) => duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(maxDays);
}
