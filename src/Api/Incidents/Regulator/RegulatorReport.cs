using Replays.Api.Exposure;
using Replays.Grains.Exposure;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents.Regulator;

/// <summary>A notification of a personal data breach to the supervisory authority (GDPR Art. 33(3)), pseudonymised.</summary>
/// <param name="Incident">The incident's id, as the reference for follow-up reports (Art. 33(4)).</param>
/// <param name="AwareAt">When the 72 hours start.</param>
/// <param name="ReportDueAt">The deadline (Art. 33(1)); null if there is none.</param>
public sealed record RegulatorReport(
    string Incident, DateTimeOffset MadeAt, IncidentKind Kind, DateTimeOffset AwareAt, DateTimeOffset? ReportDueAt,
    IReadOnlyList<RegulatorAnswer> Answers, IReadOnlyList<RegulatorExposure> Exposures, IReadOnlyList<RegulatorStep> Steps);

public enum AnswerSource
{
    /// <summary>From the incident's record, which the officer keeps.</summary>
    Officer,

    /// <summary>From the service's durable evidence.</summary>
    Evidence,

    Unanswered,
}

/// <param name="Key">The name of the answer in the incident's <c>record</c>.</param>
/// <param name="Article">The GDPR article that requires the answer, if any.</param>
/// <param name="Answer">Null if unanswered.</param>
public sealed record RegulatorAnswer(string Key, string Question, string? Article, string? Answer, AnswerSource Source);

/// <summary>One recording shown to one person.</summary>
public sealed record RegulatorExposure(
    string Recording, string To, string Role, Entitlement Entitled, ExposureClass Class, IReadOnlyList<string> Disclosed,
    DateTimeOffset FirstAt, DateTimeOffset LastAt, long BytesServed, double SecondsServed, bool AtMost, int Times);

public sealed record RegulatorStep(DateTimeOffset At, string Kind, string By);
