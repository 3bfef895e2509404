using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Replays.Cluster.Tests.Load;

/// <summary>
/// The HTTP client of the app's backend, the recorder and the patient. Rotates over the Api nodes, and retries at the next node when there
/// is no response or the service is unavailable, for up to <see cref="RetryTimeout"/>.
/// </summary>
internal sealed class LoadClient(IReadOnlyList<Uri> apis) : IDisposable
{
    private static readonly TimeSpan RetryTimeout = TimeSpan.FromMinutes(3), RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http =
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(30) };

    private int _next;

    public ConcurrentQueue<Attempt> Attempts { get; } = [];

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request until it gets a definite response.</summary>
    /// <exception cref="ContractViolationException">The response is not the expected one, or none arrives in time.</exception>
    public async Task<Response> Send(
        HttpStatusCode expected, HttpMethod method, string path, string token,
        object? body = null, string? idempotencyKey = null, string? operation = null)
    {
        operation ??= $"{method} {Path.GetFileName(path)}";
        var started = Stopwatch.GetTimestamp();
        var next = (uint)Interlocked.Increment(ref _next);
        using var delay = new PeriodicTimer(RetryDelay);
        for (var number = 1; ; number++)
        {
            var url = new Uri(apis[(int)(next++ % apis.Count)], path);
            var response = await Attempt(method, url, token, body, idempotencyKey, operation, number);
            if (response.Status == expected)
                return response;
            // 202: the seal is still in progress. 423: the lease of a node that died has not expired yet.
            var isFinal = response.Status is not (0 or HttpStatusCode.Accepted or HttpStatusCode.Locked) && (int)response.Status < 500;
            if (isFinal || Stopwatch.GetElapsedTime(started) > RetryTimeout)
                throw new ContractViolationException(
                    $"{method} {path}: {(int)response.Status} instead of {(int)expected} after {number} attempts: {response.Text}");
            await delay.WaitForNextTickAsync();
        }
    }

    /// <summary>All items of a paged list.</summary>
    public async Task<List<JsonNode>> SendPaged(string path, string token, string? operation = null)
    {
        var items = new List<JsonNode>();
        for (var after = ""; ;)
        {
            var page = (await Send(HttpStatusCode.OK, HttpMethod.Get, $"{path}?limit=100{after}", token, operation: operation)).Json;
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            if ((string?)page["next"] is not { } next)
                return items;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
    }

    private async Task<Response> Attempt(
        HttpMethod method, Uri url, string token, object? body, string? idempotencyKey, string operation, int number)
    {
        using var request = new HttpRequestMessage(method, url)
        {
            Content = body switch { null => null, byte[] bytes => new ByteArrayContent(bytes), _ => JsonContent.Create(body) },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        var started = Stopwatch.GetTimestamp();
        var result = default(Response);
        try
        {
            using var response = await _http.SendAsync(request);
            result = new(response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Whether the service processed the request is unknown.
        }
        Attempts.Enqueue(new(operation, method == HttpMethod.Get, number, started, Stopwatch.GetTimestamp(), (int)result.Status));
        return result;
    }

    internal readonly record struct Response(HttpStatusCode Status, byte[]? Body)
    {
        public string Text => Body is null ? "no response" : System.Text.Encoding.UTF8.GetString(Body);

        public JsonNode Json => JsonNode.Parse(Text)!;
    }
}
