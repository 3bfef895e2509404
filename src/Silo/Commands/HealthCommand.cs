namespace Replays.Silo.Commands;

/// <summary><c>health URL</c>: exits with 0 if the URL returns success, otherwise with 1. For container health checks.</summary>
public static class HealthCommand
{
    public static async Task<int> Run(string url)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var response = await http.GetAsync(url);
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
