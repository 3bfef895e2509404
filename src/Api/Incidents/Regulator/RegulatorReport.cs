using Replays.Api.Exposure;
using Replays.Grains.Exposure;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents.Regulator;

/// <summary>What a supervisory authority's form asks about a personal data breach (GDPR Art. 33(3)), pseudonymised.</summary>
/// <param name="Incident">The incident's id: the reference for what follows (Art. 33(4)).</param>
/// <param name="MadeAt">When these answers were put together.</param>
/// <param name="Kind">What it is taken for.</param>
/// <param name="AwareAt">From when the 72 hours run.</param>
/// <param name="ReportDueAt">When the authority must know (Art. 33(1)); null: no deadline.</param>
/// <param name="Answers">The form, question by question.</param>
/// <param name="Exposures">To whom each recording was shown.</param>
/// <param name="Steps">What was done, in order.</param>
public sealed record RegulatorReport(
    string Incident,
    DateTimeOffset MadeAt,
    IncidentKind Kind,
    DateTimeOffset AwareAt,
    DateTimeOffset? ReportDueAt,
    IReadOnlyList<RegulatorAnswer> Answers,
    IReadOnlyList<RegulatorExposure> Exposures,
    IReadOnlyList<RegulatorStep> Steps);

/// <summary>Whom an answer comes from.</summary>
public enum AnswerSource
{
    /// <summary>The officer wrote it into the incident's record.</summary>
    Officer,

    /// <summary>The service knows it from durable evidence.</summary>
    Evidence,

    /// <summary>Nobody has answered it yet.</summary>
    Unanswered,
}

/// <summary>One question of the form.</summary>
/// <param name="Key">The name of the answer in the incident's <c>record</c>.</param>
/// <param name="Question">As a form asks it.</param>
/// <param name="Article">Where the law asks it, if it does.</param>
/// <param name="Answer">Null: not answered yet.</param>
/// <param name="Source">Whom it comes from.</param>
public sealed record RegulatorAnswer(string Key, string Question, string? Article, string? Answer, AnswerSource Source);

/// <summary>One recording shown to one person.</summary>
public sealed record RegulatorExposure(
    string Recording,
    string To,
    string Role,
    Entitlement Entitled,
    ExposureClass Class,
    IReadOnlyList<string> Disclosed,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long BytesServed,
    double SecondsServed,
    bool AtMost,
    int Times);

/// <summary>Something that was done about the incident.</summary>
public sealed record RegulatorStep(DateTimeOffset At, string Kind, string By);
