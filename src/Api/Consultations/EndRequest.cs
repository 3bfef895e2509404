namespace Replays.Api.Consultations;

public sealed record EndRequest(EndReason? Reason = null);

public enum EndReason
{
    Completed,

    /// <summary>The wrong patient was in the call: everything recorded is discarded and an incident opens.</summary>
    WrongPatient,
}
