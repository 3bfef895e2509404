using System.Globalization;

namespace Replays.Grains.Patients;

/// <summary>The title of a replay: mode, clinician and date, so that the patient notices another person's. Never a counter.</summary>
public static class ReplayTitle
{
    /// <summary>Example: <c>Video consultation with Dr Amara Osei, 10 June 2020</c>. The date is in the booking's time zone.</summary>
    public static string Format(ListedReplay listed)
    {
        var (replay, booking) = listed;
        var zone = booking.TimeZone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : TimeZoneInfo.Utc;
        var day = TimeZoneInfo.ConvertTime(replay.RecordedAt, zone).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        return $"{replay.Mode} consultation with {booking.Clinician.Name}, {day}";
    }
}
