using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class BadInputTests(EmbeddedApi embedded)
{
    private const string Booking = """{"clinician":{"id":"clin-1","name":"Dr Amara Osei"},"scheduledFor":"2026-06-10T10:00:00Z"}""";

    private readonly ApiProcess _api = embedded.Api;

    public static TheoryData<string> Bookings =>
    [
        "", "null", "[]", "{", "{}", "\"text\"", "42", "{\"a\":1}}", "\u0000", "{'clinician':1}", Booking + Booking,
        Booking.Replace("\"2026-06-10T10:00:00Z\"", "\"tomorrow\""),
        Booking.Replace("\"2026-06-10T10:00:00Z\"", "\"2026-06-10T10:00:00\""),
        Booking.Replace("\"2026-06-10T10:00:00Z\"", "\"2026-13-10T10:00:00Z\""),
        Booking.Replace("\"2026-06-10T10:00:00Z\"", "1781085600"),
        Booking.Replace("\"2026-06-10T10:00:00Z\"", "null"),
        Booking.Replace("\"clin-1\"", "17"),
        Booking.Replace("\"clin-1\"", "\"\""),
        Booking.Replace("\"clin-1\"", $"\"{new string('c', 129)}\""),
        Booking.Replace("Dr Amara Osei", "  "),
        Booking.Replace("Dr Amara Osei", "\\u0007"),
        Booking.Replace("Dr Amara Osei", new string('n', 201)),
        Booking.Replace("{\"id\":\"clin-1\",\"name\":\"Dr Amara Osei\"}", "null"),
        Booking.Replace("{\"id\":\"clin-1\",\"name\":\"Dr Amara Osei\"}", "\"clin-1\""),
        Booking.TrimEnd('}') + $",\"reason\":\"{new string('r', 2001)}\"}}",
        Booking.TrimEnd('}') + ",\"timeZone\":\"Mars/Olympus\"}",
    ];

    [Theory]
    [MemberData(nameof(Bookings))]
    public async Task An_invalid_booking_is_a_validation_problem_and_books_nothing(string body)
    {
        var patient = ApiProcess.NewPatient();
        using var response = await _api.Send(HttpMethod.Post, $"/v1/patients/{patient}/consultations", TestTokens.Scheduler, Json(body));
        await response.AssertProblem(400, "validation");
        Assert.Equal(1, await _api.Book(patient));
    }

    [Theory]
    [InlineData("%20")]
    [InlineData("a%20b")]
    [InlineData("a%2Fb")]
    [InlineData(".a")]
    [InlineData("a%0A")]
    [InlineData("a+b")]
    [InlineData("%C3%A9")]
    [InlineData("%EF%BC%91")]
    public async Task A_malformed_patient_id_in_a_path_is_a_validation_problem(string patient)
    {
        using var response = await _api.Send(HttpMethod.Post, $"/v1/patients/{patient}/consultations", TestTokens.Scheduler, Json(Booking));
        await response.AssertProblem(400, "validation");
        using var tooLong = await _api.Send(
            HttpMethod.Get, $"/v1/patients/{new string('a', 129)}/consultations/1", TestTokens.Scheduler);
        await tooLong.AssertProblem(400, "validation");
    }

    [Theory]
    [InlineData("GET", "/v1/me/replays/1-01")]
    [InlineData("GET", "/v1/me/replays/01-1")]
    [InlineData("GET", "/v1/me/replays/0-1")]
    [InlineData("GET", "/v1/me/replays/-1-1")]
    [InlineData("GET", "/v1/me/replays/1")]
    [InlineData("GET", "/v1/me/replays/1-1-1")]
    [InlineData("GET", "/v1/me/replays/99999999999-1")]
    [InlineData("GET", "/v1/me/replays/1-1/media")]
    [InlineData("GET", "/v1/me/consultations/01")]
    [InlineData("GET", "/v1/me/consultations/+1")]
    [InlineData("GET", "/v1/me/consultations/1")]
    [InlineData("GET", "/v1/me/nothing")]
    public async Task Missing_resources_and_malformed_names_are_not_found(string method, string path)
    {
        using var response = await _api.Send(new HttpMethod(method), path, TestTokens.Patient(ApiProcess.NewPatient()));
        await response.AssertProblem(404, "not-found");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-1")]
    [InlineData("limit=many")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("after=x")]
    [InlineData("after=%00")]
    [InlineData("mode=tv")]
    [InlineData("mode=2")]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-06-10")]
    [InlineData("to=2026-06-10T10:00:00")]
    public async Task An_invalid_filter_is_a_validation_problem(string query)
    {
        using var response = await _api.Send(HttpMethod.Get, $"/v1/me/replays?{query}", TestTokens.Patient(ApiProcess.NewPatient()));
        await response.AssertProblem(400, "validation");
    }

    [Theory]
    [InlineData("""{"mode":"television"}""")]
    [InlineData("""{"mode":1}""")]
    [InlineData("""{"mode":null}""")]
    [InlineData("""{"Mode":"VIDEO "}""")]
    [InlineData("{}")]
    public async Task An_unknown_mode_is_a_validation_problem_and_starts_nothing(string body)
    {
        var patient = ApiProcess.NewPatient();
        var path = ApiProcess.PathOf(patient, await _api.Book(patient));
        using var response = await _api.Send(HttpMethod.Post, $"{path}/start", TestTokens.Scheduler, Json(body));
        await response.AssertProblem(400, "validation");
        Assert.Equal("booked", (string)(await _api.Get(path, TestTokens.Scheduler))!["status"]!);
    }

    [Theory]
    [InlineData("""{"contentType":"text/html"}""", "validation")]
    [InlineData("""{"contentType":"video/*"}""", "validation")]
    [InlineData("""{"contentType":""}""", "validation")]
    [InlineData("""{"contentType":"video/mp4\r\nX: y"}""", "validation")]
    [InlineData("""{"contentType":"audio/mp4","length":0}""", "validation")]
    [InlineData("""{"contentType":"audio/mp4","length":-1}""", "validation")]
    [InlineData("""{"contentType":"audio/mp4","length":1e30}""", "validation")]
    [InlineData("""{"contentType":"audio/mp4","mode":"video"}""", "mode-changed")]
    [InlineData("""{"contentType":"video/mp4"}""", "validation")]
    public async Task An_invalid_recording_request_opens_nothing(string body, string code)
    {
        var patient = ApiProcess.NewPatient();
        var path = ApiProcess.PathOf(patient, await _api.Begin(patient, "audio"));
        using var response = await _api.Send(HttpMethod.Post, $"{path}/recordings", TestTokens.Recorder, Json(body));
        await response.AssertProblem(code is "mode-changed" ? 409 : 400, code);
        Assert.Empty((await _api.Get(path, TestTokens.Scheduler))!["recordings"]!.AsArray());
    }

    [Fact]
    public async Task Unsupported_methods_and_media_types_have_problem_codes()
    {
        using var method = await _api.Send(HttpMethod.Delete, "/v1/me/replays", TestTokens.Patient(ApiProcess.NewPatient()));
        await method.AssertProblem(405, "method-not-allowed");
        using var form = await _api.Send(
            HttpMethod.Post, $"/v1/patients/{ApiProcess.NewPatient()}/consultations", TestTokens.Scheduler,
            new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded"));
        await form.AssertProblem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task No_malformed_body_causes_a_server_error()
    {
        var patient = ApiProcess.NewPatient();
        var path = ApiProcess.PathOf(patient, await _api.Begin(patient, "audio"));
        string[] endpoints =
        [
            $"/v1/patients/{patient}/consultations", $"{path}/start", $"{path}/mode", $"{path}/consent", $"{path}/end",
            $"{path}/recordings",
            $"{path}/recordings/1/seal",
        ];
        string[] pieces =
        [
            "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "\"mode\"", "\"video\"", "\"clinician\"", "\"scheduledFor\"",
            "\"\\ud800\"",
            "\"contentType\"", "\"durationSeconds\"", "\"sha256\"", "\"reason\"", " ", "\ufeff", "\u0001", "0000-00-00T00:00:00Z", "NaN",
        ];
        var bodies = Gen.Select(Gen.OneOfConst(endpoints), Gen.OneOfConst(pieces).Array[0, 12]);
        await bodies.SampleAsync(async (endpoint, body) =>
        {
            var token = endpoint.Contains("/recordings", StringComparison.Ordinal) ? TestTokens.Recorder : TestTokens.Scheduler;
            using var response = await ApiCalls.RetryWhileUnavailable(
                () => _api.Send(HttpMethod.Post, endpoint, token, Json(string.Concat(body))));
            return (int)response.StatusCode < 500;
        }, iter: 400, threads: 1);
    }

    private static StringContent Json(string body) =>
        new(body, Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
