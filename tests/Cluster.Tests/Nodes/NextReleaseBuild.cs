using Npgsql;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// A build of the next release: the current sources with another version, one more field in stored records and in messages between grains,
/// and one more grain method. Cached in this project's obj folder until the sources change.
/// </summary>
internal static class NextReleaseBuild
{
    private const string NewText = "written by the next release only";
    private const string NewField = $"\n    [Id(90)]\n    public string? AddedInNextRelease {{ get; init; }} = \"{NewText}\";\n";

    /// <summary>Text added after a line: to the consultation's record, to the replay (delivered and stored), and to a grain.</summary>
    private static readonly (string File, string Line, string Added)[] Changes =
    [
        ("src/Grains/Consultations/ConsultationState.cs", "public sealed record ConsultationState\n{", NewField),
        ("src/Grains/Patients/Replay.cs", "public sealed record Replay\n{", NewField),
        ("src/Grains/Consultations/IConsultationGrain.cs", "public interface IConsultationGrain : IGrainWithStringKey\n{",
            "\n    [Alias(\"AddedInNextRelease\")]\n    Task<bool> AddedInNextRelease(string text);\n"),
        ("src/Grains/Consultations/ConsultationGrain.Pending.cs", "internal sealed partial class ConsultationGrain\n{",
            "\n    public Task<bool> AddedInNextRelease(string text) => Task.FromResult(text == stored.State.AddedInNextRelease);\n"),
    ];

    private static readonly string Output = AppContext.BaseDirectory.TrimEnd('/'), Configuration = Directory.GetParent(Output)!.Name;
    private static readonly string Project = Path.GetFullPath("../../..", Output);
    private static readonly string Cache = Path.Combine(Project, "obj", "next-release", Configuration);

    public static string DirectoryOf(string program) => Path.Combine(Cache, "out", program);

    /// <summary>Builds both programs, unless the cached build has the same sources.</summary>
    public static async Task Publish()
    {
        var fresh = Path.Combine(Cache, "fresh");
        await Shell.Run(
            $"rm -rf {fresh} && mkdir -p {fresh} && tar c --exclude bin --exclude obj src *.props global.json | tar x -C {fresh}",
            Path.GetFullPath("../..", Project));
        foreach (var (file, line, added) in Changes)
        {
            var path = Path.Combine(fresh, file);
            var source = await File.ReadAllTextAsync(path);
            Assert.Contains(line, source, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, source.Replace(line, line + added, StringComparison.Ordinal));
        }
        if (Directory.Exists(Path.Combine(Cache, "out")) && await Shell.Succeeds("diff -qr -x bin -x obj fresh source", Cache))
            return;
        await Shell.Run("rm -rf source out unfinished && mv fresh source", Cache);
        // The copied contract manifest lacks the added contracts, so the analyzer is off.
        foreach (var program in new[] { "Silo", "Api" })
        {
            await Shell.Run(
                $"dotnet publish src/{program} -c {Configuration} -p:Version=99.0.0 -p:EnableOrleansContractsAnalyzer=false "
                + $"-o ../unfinished/{program} --nologo -v q",
                Path.Combine(Cache, "source"));
        }
        await Shell.Run("mv unfinished out", Cache);
    }

    /// <summary>The number of stored records with the field that only this build writes.</summary>
    public static async Task<long> CountNewRecords(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "SELECT count(*) FROM replays_grain_state WHERE position(convert_to($1, 'UTF8') IN payload) > 0");
        command.Parameters.AddWithValue(NewText);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
