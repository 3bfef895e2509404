using System.Globalization;
using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>
/// What a replay is called in its patient's list: how, with whom and when, so that somebody else's would be noticed. Never a counter.
/// </summary>
public static class ReplayTitle
{
    /// <summary>For example <c>Video consultation with Dr Amara Osei, 10 June 2020</c>: the day by the clock of the booking's time zone.</summary>
    public static string Format(ListedReplay listed)
    {
        var (replay, booking) = listed;
        var zone = booking.TimeZone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : TimeZoneInfo.Utc;
        var day = TimeZoneInfo.ConvertTime(replay.RecordedAt, zone).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        return $"{Kind(replay.Mode)} consultation with {booking.Clinician.Name}, {day}";
    }

    private static string Kind(ConsultationMode mode) => mode switch
    {
        ConsultationMode.Audio => "Audio",
        ConsultationMode.Video => "Video",
        _ => "Chat",
    };
}
