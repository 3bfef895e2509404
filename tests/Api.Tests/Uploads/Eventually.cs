using Replays.Api.Tests.Incidents;

namespace Replays.Api.Tests.Uploads;

/// <summary>Asks again and again until it is so, within a bound that is generous on a busy machine.</summary>
internal static class Eventually
{
    public static Task Is(Func<Task<bool>> condition) => IncidentApi.Until(condition, "It did not come about within two minutes.", seconds: 120);
}
