using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// How the app's backend, the recorder and the patient speak to the Api nodes: in turn to each, and what gets no answer, or one that says
/// "unavailable", is asked again of the next, for as long as <see cref="Patience"/>.
/// </summary>
internal sealed class LoadClient(IReadOnlyList<Uri> apis) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(30) };
    private int _turn;

    public ConcurrentQueue<Attempt> Attempts { get; } = [];

    public void Dispose() => _http.Dispose();

    /// <summary>Asks until there is an answer that is no excuse.</summary>
    /// <exception cref="ContractException">The answer is none of those expected, or there was none for too long.</exception>
    public async Task<Answer> Ask(
        HttpStatusCode expected, HttpMethod method, string path, string token, object? body = null, string? idempotencyKey = null, string? what = null)
    {
        var began = Stopwatch.GetTimestamp();
        var turn = (uint)Interlocked.Increment(ref _turn);
        using var pauses = new PeriodicTimer(Pause);
        for (var attempt = 1; ; attempt++)
        {
            var url = new Uri(apis[(int)(turn++ % apis.Count)], path);
            var answer = await Try(method, url, token, body, idempotencyKey, what ?? $"{method} {Path.GetFileName(path)}", attempt);
            if (answer.Status == expected)
                return answer;
            // 202: a seal that goes on; 423: whoever worked on that recording and died still has leave to.
            if (answer.Status is not (0 or HttpStatusCode.Accepted or HttpStatusCode.Locked) && (int)answer.Status < 500)
                throw new ContractException($"{method} {path}: {(int)answer.Status}, expected {(int)expected}, at try {attempt}: {answer.Text}");
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new ContractException($"{method} {path}: still {(int)answer.Status} after {attempt} tries in {Patience}: {answer.Text}");
            await pauses.WaitForNextTickAsync();
        }
    }

    private async Task<Answer> Try(HttpMethod method, Uri url, string token, object? body, string? idempotencyKey, string what, int attempt)
    {
        using var request = new HttpRequestMessage(method, url)
        {
            Content = body switch { null => null, byte[] bytes => new ByteArrayContent(bytes), _ => JsonContent.Create(body) },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        var began = Stopwatch.GetTimestamp();
        var answer = default(Answer);
        try
        {
            using var response = await _http.SendAsync(request);
            answer = new(response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // No answer: whether it was done is not known.
        }
        Attempts.Enqueue(new(what, method == HttpMethod.Get, attempt, began, Stopwatch.GetTimestamp(), (int)answer.Status));
        return answer;
    }

    internal readonly record struct Answer(HttpStatusCode Status, byte[]? Body)
    {
        public string Text => Body is null ? "no answer" : System.Text.Encoding.UTF8.GetString(Body);

        public JsonNode Json => JsonNode.Parse(Text)!;
    }
}
