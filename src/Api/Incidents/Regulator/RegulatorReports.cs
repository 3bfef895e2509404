using System.Globalization;
using Replays.Api.Exposure;
using Replays.Api.Problems;
using Replays.Grains.Exposure;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents.Regulator;

/// <summary>Fills the form: with what the officer wrote, and where the officer wrote nothing, with what the service knows.</summary>
public sealed class RegulatorReports(ExposureReports exposures, IGrainFactory grains, TimeProvider time)
{
    /// <returns>Null: there is no such incident.</returns>
    public async Task<RegulatorReport?> Of(string id, CancellationToken cancellation)
    {
        if (await ReadRetry.WithRetry(() => grains.Incident(id).Get(cancellation)) is not { } incident
            || await exposures.OfIncident(id, cancellation) is not { } exposure)
            return null;
        var names = new Pseudonyms();
        foreach (var recording in exposure.Recordings)
            _ = names.Of(recording.Name.Patient);
        var shown = exposure.Recordings.SelectMany(recording => recording.Exposures.Select(to => Shown(recording.Name, to, names))).ToList();
        var steps = incident.Steps.Select(step => new RegulatorStep(step.At, step.Kind, $"{names.Of(step.By)} ({step.By.Role})")).ToList();
        _ = names.Of(incident.Report.By);
        return new(id, time.GetUtcNow(), incident.Kind, incident.AwareAt, incident.ReportDueAt, [.. Answers(incident, exposure, shown, names)], shown, steps);
    }

    private static RegulatorExposure Shown(RecordingId recording, ExposureView to, Pseudonyms names) => new(
        names.Of(recording), names.Of(to.Principal, to.Role), to.Role, to.Entitled, to.Class, to.Disclosed, to.FirstAt, to.LastAt, to.BytesServed,
        to.SecondsServed, to.AtMost, to.Times);

    private static IEnumerable<RegulatorAnswer> Answers(
        Incident incident, IncidentExposureView exposure, List<RegulatorExposure> shown, Pseudonyms names)
    {
        var record = incident.Record;
        var astray = shown.Where(to => to.Entitled is not Entitlement.Yes).ToList();

        yield return Text("howFound", "How was it found?", null, record.HowFound, HowFound(incident.Report));
        yield return Time("foundAt", "When was it found?", record.FoundAt, incident.Report.ReportedAt);
        yield return Time("awareAt", "When did you become aware of it?", null, incident.AwareAt, "Art. 33(1)");
        yield return Time("occurredFrom", "When did it begin?", record.OccurredFrom, astray.Count == 0 ? null : astray.Min(to => to.FirstAt));
        yield return Time("occurredTo", "When did it end?", record.OccurredTo, astray.Count == 0 ? null : astray.Max(to => to.LastAt));
        yield return Text("whatHappened", "What happened?", "Art. 33(3)(a)", record.WhatHappened, null);
        yield return Text("attack", "Was it an attack?", null, record.Attack is { } attack ? attack ? "Yes" : "No" : null, null);
        yield return Text("dataCategories", "Which categories of personal data are concerned?", "Art. 33(3)(a)",
            List(record.DataCategories, category => category), incident.Recordings.IsEmpty ? null
                : "Health data (Art. 9): recordings of medical consultations in sound or video. In lists: title, clinician, date, mode, duration.");
        yield return Text("personCategories", "Which categories of people are concerned?", "Art. 33(3)(a)",
            List(record.PersonCategories, category => category), incident.Recordings.IsEmpty ? null : "Patients, clinicians");
        yield return Number("people", "How many people are concerned?", record.People, exposure.DataSubjects);
        yield return Number("records", "How many records are concerned?", record.Records, incident.Recordings.Length);
        yield return Number("recipients", "How many people were shown what was not, or perhaps not, theirs: in a list?", null, exposure.Recipients.Listed);
        yield return Number("recipientsOpened", "And how many of these opened a recording?", null, exposure.Recipients.Opened);
        yield return Text("consequences", "What are the likely consequences?", "Art. 33(3)(c)", record.Consequences, null);
        yield return Text("likelihood", "How likely are they?", null, record.Likelihood, null);
        yield return Text("measuresBefore", "Which measures were in place before?", null, record.MeasuresBefore, null);
        yield return Text("containment", "What was done to contain it?", "Art. 33(3)(d)", record.Containment, Containment(incident));
        yield return Text("prevention", "What is done so that it does not happen again?", "Art. 33(3)(d)", record.Prevention, null);
        yield return new("contact", "Who can tell you more?", "Art. 33(3)(b)", record.Contact, // the officer's own, which the form does ask for
            record.Contact is null ? AnswerSource.Unanswered : AnswerSource.Officer);
        yield return Text("notifications", "Whom have you told, and when?", "Art. 33(4)", List(record.Notifications, Told), null);
        yield return Text("article34", "Have you told the people concerned?", "Art. 34", record.Article34 is { } decision ? Decided(decision) : null, null);

        RegulatorAnswer Text(string key, string question, string? article, string? officer, string? evidence) => new(
            key, question, article, officer is null ? evidence : names.In(officer),
            officer is not null ? AnswerSource.Officer : evidence is not null ? AnswerSource.Evidence : AnswerSource.Unanswered);

        RegulatorAnswer Time(string key, string question, DateTimeOffset? officer, DateTimeOffset? evidence, string? article = null) =>
            Text(key, question, article, At(officer), At(evidence));

        RegulatorAnswer Number(string key, string question, int? officer, int evidence) =>
            Text(key, question, "Art. 33(3)(a)", officer?.ToString(CultureInfo.InvariantCulture), evidence.ToString(CultureInfo.InvariantCulture));
    }

    private static string HowFound(IncidentReport report) => report.Source switch
    {
        IncidentSource.Patient => "A patient reported it.",
        IncidentSource.Clinician => "A clinician reported it.",
        IncidentSource.Officer => "The privacy officer found it.",
        IncidentSource.Audit => "The service's own audit found it.",
        _ => "The service refused a delivery that only a defect can cause.",
    };

    private static string? Containment(Incident incident) => incident.Recordings.IsEmpty
        ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"{incident.Recordings.Length} recordings were taken out of every list and playback at {At(incident.Report.ReportedAt)} or when they were added, before the answer.");

    private static string Told(Notification told) =>
        $"{At(told.At)}: {told.Whom}" + (told.Phase is { } phase ? $" ({phase})" : "") + (told.Reference is { } reference ? $", reference {reference}" : "");

    private static string Decided(Article34 decision) => string.Join('\n', (string[])
    [
        (decision.HighRisk ? "A high risk to them is likely." : "No high risk to them is likely.") + (decision.Reason is { } reason ? $" {reason}" : ""),
        .. (decision.Communications ?? []).Select(sent => $"{At(sent.At)}{(sent.People is { } people ? $", to {people}" : "")}: {sent.Text}"),
    ]);

    private static string? List<T>(System.Collections.Immutable.ImmutableArray<T>? items, Func<T, string> text) =>
        items is { IsEmpty: false } all ? string.Join('\n', all.Select(text)) : null;

    private static string? At(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
