using System.Globalization;
using Replays.Grains.Exposure;

namespace Replays.Api.Exposure;

/// <summary>The exposure report of an incident.</summary>
/// <param name="DataSubjects">The number of people recorded, by the recordings' names.</param>
/// <param name="Recipients">The people who were not, or not certainly, entitled to what they were shown.</param>
public sealed record IncidentExposureView(IReadOnlyList<RecordingExposureView> Recordings, int DataSubjects, RecipientsView Recipients);

/// <summary>Numbers of people. A person who had a replay listed and opened it counts in both.</summary>
public sealed record RecipientsView(int Listed, int Opened);

/// <param name="Name">The recording's full name.</param>
/// <param name="Exposures">One per principal, role and access method.</param>
public sealed record RecordingExposureView(RecordingId Name, IReadOnlyList<ExposureView> Exposures);

public enum ExposureClass
{
    /// <summary>Shown in a list or as an item.</summary>
    Listed,

    /// <summary>Media were served.</summary>
    Opened,
}

/// <summary>What one principal was shown of one recording.</summary>
/// <param name="List">The patient whose list it was in: not the recording's own patient after a misdelivery.</param>
/// <param name="Entitled"><c>unknown</c> if the recording was reported as not being what its name says.</param>
/// <param name="Reason">A privacy officer's access reason.</param>
/// <param name="Disclosed"><c>title</c>, <c>clinician</c>, <c>date</c>, <c>mode</c>, <c>duration</c>; <c>media</c> of a playback.</param>
/// <param name="LastAt">The last media request, accurate to 30 seconds; for a listing the same as <paramref name="FirstAt"/>.</param>
/// <param name="BytesServed">Bytes of media sent, each counted once.</param>
/// <param name="SecondsServed">The share of the duration that those bytes make up.</param>
/// <param name="Ranges">Those bytes, both ends inclusive: <c>0-999</c>.</param>
/// <param name="AtMost">Whether the bytes are an upper bound, because playback continues or a process died during it.</param>
public sealed record ExposureView(
    string Principal, string Role, string List, Entitlement Entitled, ExposureClass Class, AccessMethod Via, string? Reason,
    IReadOnlyList<string> Disclosed, DateTimeOffset FirstAt, DateTimeOffset LastAt, long BytesServed, double SecondsServed,
    IReadOnlyList<string> Ranges, bool AtMost, int Times)
{
    public static ExposureView Of(Listing listing, Entitlement entitled)
    {
        var recipient = listing.Recipient;
        return new(
            recipient.By.Subject, recipient.By.Role, recipient.List.Value, entitled, ExposureClass.Listed, AccessMethod.Token,
            ReasonOf(recipient), listing.Disclosed.Split(' '), listing.FirstAt, listing.FirstAt, 0, 0, [], false, 0);
    }

    /// <param name="parts">All parts of one recipient with one access method; at least one.</param>
    public static ExposureView Of(IReadOnlyList<PlaybackPart> parts, Entitlement entitled)
    {
        var first = parts[0];
        var recipient = first.Recipient;
        var served = parts.Aggregate(ByteRangeSet.None, (ranges, part) => ranges.With(part.Served));
        var upperBound = parts.Aggregate(served, (ranges, part) => ranges.With(part.UpperBound));
        var seconds = first.SizeBytes == 0 ? 0 : first.DurationSeconds * upperBound.Length / first.SizeBytes;
        return new(
            recipient.By.Subject, recipient.By.Role, recipient.List.Value, entitled, ExposureClass.Opened, first.AccessMethod,
            ReasonOf(recipient), ["media"], parts.Min(part => part.StartedAt), parts.Max(part => part.LastAt), upperBound.Length,
            Math.Round(seconds, 3),
            [.. upperBound.Ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To - 1}"))],
            upperBound != served, parts.Select(part => part.Playback).Distinct().Count());
    }

    private static string? ReasonOf(Recipient recipient) => recipient.By.Role is Roles.PrivacyOfficer ? recipient.Detail : null;
}
