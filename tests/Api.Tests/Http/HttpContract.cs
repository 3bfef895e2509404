using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Replays.Api.Tests.Http;

/// <summary>The roles of every operation, copied from the HTTP contract so that tests detect a deviation of the code.</summary>
public static class HttpContract
{
    public static readonly string[] Roles = ["patient", "clinician", "scheduler", "recorder", "privacy-officer", "operator"];

    /// <summary>Roles by operation. May list operations that are not served yet.</summary>
    public static readonly FrozenDictionary<string, string[]> Operations = Read(
        """
        POST   /v1/patients/{patient}/consultations                                          scheduler
        GET    /v1/patients/{patient}/consultations/{number}                                 scheduler recorder clinician
        POST   /v1/patients/{patient}/consultations/{number}/start                           scheduler
        POST   /v1/patients/{patient}/consultations/{number}/mode                            scheduler
        POST   /v1/patients/{patient}/consultations/{number}/consent                         scheduler
        POST   /v1/patients/{patient}/consultations/{number}/end                             scheduler
        POST   /v1/patients/{patient}/consultations/{number}/cancel                          scheduler
        POST   /v1/patients/{patient}/consultations/{number}/recordings                      recorder
        GET    /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}            recorder
        PUT    /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/content    recorder
        HEAD   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/content    recorder
        PATCH  /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/content    recorder
        POST   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/content    recorder
        OPTIONS /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/content   recorder
        POST   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/close      recorder
        POST   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/seal       recorder
        POST   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/reset      recorder
        POST   /v1/patients/{patient}/consultations/{number}/recordings/{ordinal}/discard    recorder
        GET    /v1/me/consultations                                                          patient
        GET    /v1/me/consultations/{number}                                                 patient
        POST   /v1/me/consultations/{number}/join                                            patient
        POST   /v1/me/consultations/{number}/consent                                         patient
        GET    /v1/me/replays                                                                patient
        GET    /v1/me/replays/{id}                                                           patient
        GET    /v1/me/replays/{id}/media                                                     patient
        HEAD   /v1/me/replays/{id}/media                                                     patient
        POST   /v1/me/replays/{id}/playback                                                  patient
        POST   /v1/me/replays/{id}/report                                                    patient
        POST   /v1/me/report                                                                 patient
        GET    /v1/me/reports                                                                patient
        GET    /v1/me/access-log                                                             patient
        GET    /v1/me/events                                                                 patient
        POST   /v1/me/events/ticket                                                          patient
        GET    /v1/me/export                                                                 patient
        GET    /v1/patients/{patient}/replays                                                clinician privacy-officer
        GET    /v1/patients/{patient}/replays/{id}                                           clinician privacy-officer
        POST   /v1/patients/{patient}/replays/{id}/playback                                  clinician privacy-officer
        POST   /v1/patients/{patient}/replays/{id}/report                                    clinician privacy-officer
        GET    /v1/incidents                                                                 privacy-officer
        POST   /v1/incidents                                                                 privacy-officer
        GET    /v1/incidents/{id}                                                            privacy-officer
        PATCH  /v1/incidents/{id}                                                            privacy-officer
        POST   /v1/incidents/{id}/recordings                                                 privacy-officer
        GET    /v1/incidents/{id}/report                                                     privacy-officer
        GET    /v1/incidents/{id}/exposure                                                   privacy-officer
        POST   /v1/incidents/{id}/resolve                                                    privacy-officer
        POST   /v1/incidents/{id}/approve                                                    privacy-officer
        GET    /v1/principals/{sub}/exposures                                                privacy-officer
        GET    /v1/controls/playback                                                         privacy-officer
        PUT    /v1/controls/playback                                                         privacy-officer
        GET    /v1/controls/playback/{patient}                                               privacy-officer
        PUT    /v1/controls/playback/{patient}                                               privacy-officer
        GET    /v1/audits/latest                                                             privacy-officer
        GET    /v1/patients/{patient}/audit-trail                                            privacy-officer
        POST   /v1/patients/{patient}/audit-trail/verify                                     privacy-officer
        PUT    /v1/patients/{patient}/legal-hold                                             privacy-officer
        DELETE /v1/patients/{patient}                                                        privacy-officer
        """);

    /// <summary>The operations of the OpenAPI document that need no token.</summary>
    public static readonly string[] Anonymous = ["GET /.well-known/security.txt", "GET /v1/playback", "HEAD /v1/playback"];

    /// <summary>The operations of the OpenAPI document, such as <c>GET /v1/me/replays</c>.</summary>
    public static async Task<List<string>> Served(ApiProcess api)
    {
        var document = JsonNode.Parse(await api.Http.GetStringAsync("/openapi/v1.json"))!;
        return [.. document["paths"]!.AsObject().SelectMany(path =>
            path.Value!.AsObject().Select(verb => $"{verb.Key.ToUpperInvariant()} {path.Key}"))];
    }

    private static FrozenDictionary<string, string[]> Read(string table) => table.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToFrozenDictionary(words => $"{words[0]} {words[1]}", words => words[2..]);
}
