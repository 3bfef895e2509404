using System.Text.RegularExpressions;

namespace Replays.Api.Incidents.Regulator;

/// <summary>
/// Pseudonyms for the people in one report, because the regulator's form must not name them: P1, P2 … for patients, S1, S2 … for staff
/// and services, in order of appearance.
/// </summary>
internal sealed partial class Pseudonyms
{
    /// <summary>Shorter ids could be ordinary words; replacing them would garble the text without hiding anyone.</summary>
    private const int MinReplacedLength = 3;

    private readonly Dictionary<string, string> _patients = [], _staff = [];

    public string Of(PatientId patient) => Of(_patients, patient.Value, 'P');

    public string Of(string subject, string role) => role switch
    {
        Roles.Patient => Of(_patients, subject, 'P'),
        "system" => "the service",
        _ => Of(_staff, subject, 'S'),
    };

    public string Of(Actor actor) => Of(actor.Subject, actor.Role);

    public string Of(RecordingId recording) =>
        $"{Of(recording.Patient)}, consultation {recording.Consultation.Number}, recording {recording.Ordinal}";

    /// <summary>Replaces every known person in a text, and every patient given by full name: <c>patients/{id}</c>.</summary>
    public string ReplaceIn(string text)
    {
        text = FullName().Replace(text, match => PatientId.TryCreate(match.Groups[1].Value, out var patient) ? Of(patient) : match.Value);
        var replacements = _patients.Concat(_staff).Where(pair => pair.Key.Length >= MinReplacedLength);
        // Longest first, because an id can contain another.
        foreach (var (id, pseudonym) in replacements.OrderByDescending(pair => pair.Key.Length))
            text = Regex.Replace(text, $@"(?<!\w){Regex.Escape(id)}(?!\w)", pseudonym);
        return text;
    }

    /// <summary>A trailing full stop or colon belongs to the sentence, not to the id.</summary>
    [GeneratedRegex(@"(?<!\w)patients/([A-Za-z0-9_-](?:[A-Za-z0-9._~|:@-]*[A-Za-z0-9_~|@-])?)")]
    private static partial Regex FullName();

    private static string Of(Dictionary<string, string> pseudonyms, string id, char prefix) =>
        pseudonyms.TryGetValue(id, out var pseudonym) ? pseudonym : pseudonyms[id] = $"{prefix}{pseudonyms.Count + 1}";
}
