namespace Replays.Api.Binding;

/// <summary>Reads names from paths. A malformed patient id is 400; a malformed number or replay id is 404.</summary>
internal static class PathBinding
{
    public static PatientId Patient(HttpContext http) => PatientId.TryCreate(Value(http, "patient"), out var id)
        ? id
        : throw new ProblemException(Problem.Invalid("patient", "This is not a valid patient id."));

    public static ConsultationId Consultation(HttpContext http, PatientId owner) => owner.Consultation(Number(http, "number"));

    public static RecordingId Recording(HttpContext http) => Consultation(http, Patient(http)).Recording(Number(http, "ordinal"));

    public static RecordingId Replay(HttpContext http, PatientId owner) =>
        RecordingId.TryParseReplayId(owner, Value(http, "id"), out var id) ? id : throw new ProblemException(ProblemKind.NotFound);

    private static int Number(HttpContext http, string name) =>
        ResourceName.TryParseNumber(Value(http, name), out var number) ? number : throw new ProblemException(ProblemKind.NotFound);

    private static string? Value(HttpContext http, string name) => http.Request.RouteValues[name] as string;
}
