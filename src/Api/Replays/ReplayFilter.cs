using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Replays.Api.Json;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Api.Replays;

/// <summary>The query parameters of a list of replays.</summary>
public sealed record ReplayFilter
{
    /// <summary>Maximum number of replays: 1 to 100. Default 20.</summary>
    [Range(1, 100), DefaultValue(20), FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>The cursor that the previous page returned.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    [FromQuery(Name = "mode")]
    public string? Mode { get; init; }

    /// <summary>The earliest time of recording, inclusive (RFC 3339).</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>The latest time of recording, exclusive (RFC 3339).</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    public ReplayQuery ToQuery() => new()
    {
        Limit = Limit ?? 20,
        After = Cursor.Decode(After),
        Mode = Mode is null ? null
            : KebabCaseEnum<ConsultationMode>.TryParse(Mode, out var mode) ? mode
            : throw Invalid("mode", "Use chat, audio or video."),
        From = ParseTime("from", From),
        To = ParseTime("to", To),
    };

    private static DateTimeOffset? ParseTime(string name, string? text) => text is null ? null
        : Rfc3339.TryParse(text, out var time) ? time
        : throw Invalid(name, "Use an RFC 3339 time with Z or an offset.");

    private static ProblemException Invalid(string field, string error) => new(Problem.Invalid(field, error));
}
