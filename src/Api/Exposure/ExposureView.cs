using System.Globalization;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;

namespace Replays.Api.Exposure;

/// <summary>Who was shown an incident's recordings.</summary>
/// <param name="Recordings">Each of them, also those that nobody was shown.</param>
/// <param name="DataSubjects">How many people were recorded, by the recordings' names.</param>
/// <param name="Recipients">How many were shown what was not, or perhaps not, theirs.</param>
public sealed record IncidentExposureView(IReadOnlyList<RecordingExposureView> Recordings, int DataSubjects, RecipientsView Recipients);

/// <summary>People, counted once each; who opened a replay mostly had it listed too, and is then in both numbers.</summary>
/// <param name="Listed">To whom it was listed.</param>
/// <param name="Opened">Who was served media.</param>
public sealed record RecipientsView(int Listed, int Opened);

/// <summary>Who was shown one recording.</summary>
/// <param name="Name">The recording's full name.</param>
/// <param name="Exposures">One for each principal, role and way.</param>
public sealed record RecordingExposureView(RecordingId Name, IReadOnlyList<ExposureView> Exposures);

/// <summary>How a replay was shown.</summary>
public enum ExposureClass
{
    /// <summary>In a list, or as an item.</summary>
    Listed,

    /// <summary>Media were served.</summary>
    Opened,
}

/// <summary>What one principal was shown of one recording.</summary>
/// <param name="Principal">The subject of their tokens.</param>
/// <param name="Role">In which role.</param>
/// <param name="List">In whose list: another's than the recording's own patient's when it went astray.</param>
/// <param name="Entitled">Whether it was theirs to see; <c>unknown</c> when the recording was reported as not what its name says.</param>
/// <param name="Class">How.</param>
/// <param name="Via">With their own token, or by a playback URL.</param>
/// <param name="Reason">Why an officer looked.</param>
/// <param name="Disclosed">What this told them: of a list <c>title</c>, <c>clinician</c>, <c>date</c>, <c>mode</c>, <c>duration</c>; of a playback <c>media</c>.</param>
/// <param name="FirstAt">When first.</param>
/// <param name="LastAt">When media were last asked for, to half a minute; of a list, of which only the first time is kept, that.</param>
/// <param name="BytesServed">Bytes of the media that left, each counted once.</param>
/// <param name="SecondsServed">What part of the duration those bytes are.</param>
/// <param name="Ranges">Those bytes, both ends inclusive: <c>0-999</c>.</param>
/// <param name="AtMost">Whether it may have been less, because playback is still going on, or a process died meanwhile. It was never more.</param>
/// <param name="Times">How many playbacks.</param>
public sealed record ExposureView(
    string Principal,
    string Role,
    string List,
    Entitlement Entitled,
    ExposureClass Class,
    AccessMethod Via,
    string? Reason,
    IReadOnlyList<string> Disclosed,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long BytesServed,
    double SecondsServed,
    IReadOnlyList<string> Ranges,
    bool AtMost,
    int Times)
{
    public static ExposureView Of(Listing listing, Entitlement entitled) => new(
        listing.Recipient.By.Subject, listing.Recipient.By.Role, listing.Recipient.List.Value, entitled, ExposureClass.Listed, AccessMethod.Token, ReasonOf(listing.Recipient),
        listing.Disclosed.Split(' '), listing.FirstAt, listing.FirstAt, 0, 0, [], false, 0);

    /// <param name="parts">All of one principal in one role and way.</param>
    /// <param name="entitled">Whether they were.</param>
    public static ExposureView Of(IReadOnlyList<PlaybackPart> parts, Entitlement entitled)
    {
        var to = parts[0].Recipient;
        var served = parts.Aggregate(ByteRangeSet.None, (spans, part) => spans.With(part.Served));
        var atMost = parts.Aggregate(served, (spans, part) => spans.With(part.UpperBound));
        var seconds = parts[0].SizeBytes == 0 ? 0 : parts[0].DurationSeconds * atMost.Length / parts[0].SizeBytes;
        return new(
            to.By.Subject, to.By.Role, to.List.Value, entitled, ExposureClass.Opened, parts[0].AccessMethod, ReasonOf(to), ["media"],
            parts.Min(part => part.StartedAt), parts.Max(part => part.LastAt), atMost.Length, Math.Round(seconds, 3),
            [.. atMost.Ranges.Select(span => string.Create(CultureInfo.InvariantCulture, $"{span.From}-{span.To - 1}"))], atMost != served,
            parts.Select(part => part.Playback).Distinct().Count());
    }

    private static string? ReasonOf(Recipient to) => to.By.Role is Security.Roles.PrivacyOfficer ? to.Detail : null;
}
