namespace Replays.Silo.Commands;

/// <summary><c>health URL</c>: exit code 0 when a program answers 200 there. A container's health check needs no other tool.</summary>
public static class HealthCommand
{
    public static async Task<int> Run(string url)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await http.GetAsync(url);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
