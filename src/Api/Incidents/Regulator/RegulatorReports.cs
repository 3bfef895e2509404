using System.Globalization;
using Replays.Api.Exposure;
using Replays.Grains.Exposure;
using Replays.Grains.Incidents;

namespace Replays.Api.Incidents.Regulator;

/// <summary>Compiles regulator reports from what the officer recorded and, failing that, from the service's evidence.</summary>
public sealed class RegulatorReports(ExposureReports exposures, IGrainFactory grains, TimeProvider time)
{
    private const string DataCategories = "Health data (Art. 9): audio or video recordings of medical consultations. "
        + "In lists: title, clinician, date, mode, duration.";

    /// <returns>Null if the incident does not exist.</returns>
    public async Task<RegulatorReport?> Of(string id, CancellationToken cancellation)
    {
        if (await ReadRetry.WithRetry(() => grains.Incident(id).Get(cancellation)) is not { } incident
            || await exposures.OfIncident(id, cancellation) is not { } exposure)
            return null;
        // Everyone gets a pseudonym before the officer's texts are pseudonymised.
        var names = new Pseudonyms();
        foreach (var recording in exposure.Recordings)
            _ = names.Of(recording.Name.Patient);
        var shown = exposure.Recordings
            .SelectMany(recording => recording.Exposures.Select(view => ToExposure(recording.Name, view, names))).ToList();
        var steps = incident.Steps.Select(step => new RegulatorStep(step.At, step.Kind, $"{names.Of(step.By)} ({step.By.Role})")).ToList();
        _ = names.Of(incident.Report.By);
        var answers = Answers(incident, exposure, shown, names).ToList();
        return new(id, time.GetUtcNow(), incident.Kind, incident.AwareAt, incident.ReportDueAt, answers, shown, steps);
    }

    private static RegulatorExposure ToExposure(RecordingId recording, ExposureView view, Pseudonyms names) => new(
        names.Of(recording), names.Of(view.Principal, view.Role), view.Role, view.Entitled, view.Class, view.Disclosed,
        view.FirstAt, view.LastAt, view.BytesServed, view.SecondsServed, view.AtMost, view.Times);

    private static IEnumerable<RegulatorAnswer> Answers(
        Incident incident, IncidentExposureView exposure, List<RegulatorExposure> shown, Pseudonyms names)
    {
        var record = incident.Record;
        var misdirected = shown.Where(view => view.Entitled is not Entitlement.Yes).ToList();
        var hasRecordings = !incident.Recordings.IsEmpty;

        yield return Text("howFound", "How was the breach discovered?", null, record.HowFound, HowFound(incident.Report));
        yield return Time("foundAt", "When was it discovered?", record.FoundAt, incident.Report.ReportedAt);
        yield return Time("awareAt", "When did you become aware of it?", null, incident.AwareAt, "Art. 33(1)");
        yield return Time("occurredFrom", "When did it start?", record.OccurredFrom, misdirected.Min(to => (DateTimeOffset?)to.FirstAt));
        yield return Time("occurredTo", "When did it end?", record.OccurredTo, misdirected.Max(to => (DateTimeOffset?)to.LastAt));
        yield return Text("whatHappened", "What happened?", "Art. 33(3)(a)", record.WhatHappened, null);
        yield return Text("attack", "Was it an attack?", null, record.Attack is { } attack ? attack ? "Yes" : "No" : null, null);
        yield return Text("dataCategories", "Which categories of personal data are affected?", "Art. 33(3)(a)",
            Lines(record.DataCategories), hasRecordings ? DataCategories : null);
        yield return Text("personCategories", "Which categories of people are affected?", "Art. 33(3)(a)", Lines(record.PersonCategories),
            hasRecordings ? "Patients, clinicians" : null);
        yield return Number("people", "How many people are affected?", record.People, exposure.DataSubjects);
        yield return Number("records", "How many records are affected?", record.Records, incident.Recordings.Length);
        yield return Number("recipients", "How many people had recordings listed that were not, or possibly not, their own?", null,
            exposure.Recipients.Listed);
        yield return Number("recipientsOpened", "How many people opened such a recording?", null, exposure.Recipients.Opened);
        yield return Text("consequences", "What are the likely consequences?", "Art. 33(3)(c)", record.Consequences, null);
        yield return Text("likelihood", "How likely are they?", null, record.Likelihood, null);
        yield return Text("measuresBefore", "Which measures were in place before the breach?", null, record.MeasuresBefore, null);
        yield return Text("containment", "What was done to contain it?", "Art. 33(3)(d)", record.Containment, Containment(incident));
        yield return Text("prevention", "What is being done to prevent it from happening again?", "Art. 33(3)(d)", record.Prevention, null);
        // Not pseudonymised: the form asks for the contact by name.
        yield return new("contact", "Who can be contacted for more information?", "Art. 33(3)(b)", record.Contact,
            record.Contact is null ? AnswerSource.Unanswered : AnswerSource.Officer);
        yield return Text("notifications", "Who has been notified, and when?", "Art. 33(4)",
            Lines(record.Notifications?.Select(Format).ToImmutableArray()), null);
        yield return Text("article34", "Have the people affected been informed?", "Art. 34",
            record.Article34 is { } decision ? Format(decision) : null, null);

        RegulatorAnswer Text(string key, string question, string? article, string? officer, string? evidence) => new(
            key, question, article, officer is null ? evidence : names.ReplaceIn(officer),
            officer is not null ? AnswerSource.Officer : evidence is not null ? AnswerSource.Evidence : AnswerSource.Unanswered);

        RegulatorAnswer Time(string key, string question, DateTimeOffset? officer, DateTimeOffset? evidence, string? article = null) =>
            Text(key, question, article, Format(officer), Format(evidence));

        RegulatorAnswer Number(string key, string question, int? officer, int evidence) => Text(key, question, "Art. 33(3)(a)",
            officer?.ToString(CultureInfo.InvariantCulture), evidence.ToString(CultureInfo.InvariantCulture));
    }

    private static string HowFound(IncidentReport report) => report.Source switch
    {
        IncidentSource.Patient => "A patient reported it.",
        IncidentSource.Clinician => "A clinician reported it.",
        IncidentSource.Officer => "The privacy officer found it.",
        IncidentSource.Audit => "The service's own audit found it.",
        IncidentSource.Scheduler => "The app's backend reported that the wrong patient was in the call.",
        _ => "The service denied a delivery that only a defect can cause.",
    };

    private static string? Containment(Incident incident) => incident.Recordings.IsEmpty ? null
        : string.Create(CultureInfo.InvariantCulture, $"{incident.Recordings.Length} recordings were removed from all lists and ")
            + $"playback immediately, at {Format(incident.Report.ReportedAt)} or when they were added to the incident.";

    private static string Format(Notification notification) => $"{Format(notification.At)}: {notification.Whom}"
        + (notification.Phase is { } phase ? $" ({phase})" : "")
        + (notification.Reference is { } reference ? $", reference {reference}" : "");

    private static string Format(Article34 decision) => string.Join('\n', (string[])
    [
        (decision.HighRisk ? "A high risk to them is likely." : "A high risk to them is unlikely.")
            + (decision.Reason is { } reason ? $" {reason}" : ""),
        .. (decision.Communications ?? []).Select(communication =>
            $"{Format(communication.At)}{(communication.People is { } people ? $", to {people}" : "")}: {communication.Text}"),
    ]);

    private static string? Lines(ImmutableArray<string>? items) => items is { IsEmpty: false } lines ? string.Join('\n', lines) : null;

    private static string? Format(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
