using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>
/// The real Api as a process: embedded with an empty data directory, or on PostgreSQL with the setting <c>ConnectionStrings__Replays</c>.
/// </summary>
public sealed class ApiProcess : ApiCalls, IAsyncDisposable
{
    private readonly string _directory;

    public ApiProcess(IReadOnlyDictionary<string, string?>? settings = null)
        : this(Directory.CreateTempSubdirectory("replays-api-").FullName, settings)
    {
    }

    private ApiProcess(string directory, IReadOnlyDictionary<string, string?>? settings)
        : this(directory, new ProgramProcess("Api", directory, All(directory, settings)))
    {
    }

    private ApiProcess(string directory, ProgramProcess program)
        : base(new HttpClient { BaseAddress = program.Address, Timeout = TimeSpan.FromSeconds(60) }) =>
            (_directory, Program) = (directory, program);

    public ProgramProcess Program { get; }

    public string DataDirectory => DataOf(_directory);

    public static async Task<ApiProcess> Start(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var api = new ApiProcess(settings);
        await api.Program.Start();
        return api;
    }

    /// <summary>Sends kill -9 and starts the process again.</summary>
    /// <param name="ready">Whether to wait until the Api is ready.</param>
    public Task Restart(bool ready = true)
    {
        Program.Kill();
        Program.Launch();
        return ready ? Program.Ready() : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Program.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        // Reports defects that no assertion of a test covers, with their stack traces.
        var defect = Program.Output.IndexOf("A request failed by a defect", StringComparison.Ordinal);
        Assert.True(defect < 0, defect < 0 ? null : Program.Output[defect..]);
    }

    private static string DataOf(string directory) => Path.Combine(directory, "data");

    private static Dictionary<string, string?> All(string directory, IReadOnlyDictionary<string, string?>? settings)
    {
        var all = new Dictionary<string, string?>(TestTokens.Settings) { ["Replays__DataDirectory"] = DataOf(directory) };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            all[name] = value;
        return all;
    }
}
