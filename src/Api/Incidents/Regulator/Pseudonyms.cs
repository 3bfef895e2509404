using System.Text.RegularExpressions;
using Replays.Api.Security;
using Replays.Grains;
using Replays.Grains.Identity;

namespace Replays.Api.Incidents.Regulator;

/// <summary>
/// Names for the people in one report, for the regulator's form forbids their own: P1, P2 … for patients, S1, S2 … for staff and services, in the order in which
/// they come up.
/// </summary>
internal sealed partial class Pseudonyms
{
    /// <summary>Shorter ids are words too: replacing them would spoil the text and hide nothing.</summary>
    private const int IdentifyingFields = 3;

    private readonly Dictionary<string, string> _patients = [], _staff = [];

    public string Of(PatientId patient) => Of(_patients, patient.Value, 'P');

    public string Of(string subject, string role) => role switch
    {
        Roles.Patient => Of(_patients, subject, 'P'),
        "system" => "the service",
        _ => Of(_staff, subject, 'S'),
    };

    public string Of(Actor actor) => Of(actor.Subject, actor.Role);

    /// <summary>Which of the patient's recordings, without saying whose.</summary>
    public string Of(RecordingId recording) =>
        $"{Of(recording.Patient)}, consultation {recording.Consultation.Number}, recording {recording.Ordinal}";

    /// <summary>A text of people, with everybody renamed in it who has come up so far, or whom it calls by a full name, <c>patients/{id}</c>.</summary>
    public string In(string text)
    {
        text = FullName().Replace(text, match => PatientId.TryCreate(match.Groups[1].Value, out var patient) ? Of(patient) : match.Value);
        foreach (var (own, pseudonym) in _patients.Concat(_staff).Where(known => known.Key.Length >= IdentifyingFields).OrderByDescending(known => known.Key.Length))
            text = Regex.Replace(text, $@"(?<!\w){Regex.Escape(own)}(?!\w)", pseudonym);
        return text;
    }

    /// <summary>A full stop or colon at its end is the sentence's.</summary>
    [GeneratedRegex(@"(?<!\w)patients/([A-Za-z0-9_-](?:[A-Za-z0-9._~|:@-]*[A-Za-z0-9_~|@-])?)")]
    private static partial Regex FullName();

    private static string Of(Dictionary<string, string> known, string own, char kind) =>
        known.TryGetValue(own, out var pseudonym) ? pseudonym : known[own] = $"{kind}{known.Count + 1}";
}
