using Npgsql;
using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// The next release, really built: the sources as they are, with another version, one more field in what grains store and tell each other, and one
/// more method of a grain. Kept beside this project's build for as long as the sources stay the same.
/// </summary>
internal static class ChangedBuild
{
    private const string NewText = "only the next release knows this";
    private const string NewField = $"\n    [Id(90)]\n    public string? OfTheNextRelease {{ get; init; }} = \"{NewText}\";\n";

    /// <summary>Behind which line what is added: to what consultations store, to what they deliver to patients and patients store, and to a grain.</summary>
    private static readonly (string File, string Line, string Added)[] Changes =
    [
        ("src/Grains/Consultations/ConsultationState.cs", "public sealed record ConsultationState\n{", NewField),
        ("src/Grains/Patients/Replay.cs", "public sealed record Replay\n{", NewField),
        ("src/Grains/Consultations/IConsultationGrain.cs", "public interface IConsultationGrain : IGrainWithStringKey\n{",
            "\n    [Alias(\"OfTheNextRelease\")]\n    Task<bool> OfTheNextRelease(string text);\n"),
        ("src/Grains/Consultations/ConsultationGrain.Delivery.cs", "internal sealed partial class ConsultationGrain\n{",
            "\n    public Task<bool> OfTheNextRelease(string text) => Task.FromResult(text == stored.State.OfTheNextRelease);\n"),
    ];

    private static readonly string Output = AppContext.BaseDirectory.TrimEnd('/'), Configuration = Directory.GetParent(Output)!.Name;
    private static readonly string Project = Path.GetFullPath("../../..", Output), Kept = Path.Combine(Project, "obj", "next-release", Configuration);

    /// <summary>The folder of one of its programs.</summary>
    public static string Of(string program) => Path.Combine(Kept, "out", program);

    /// <summary>Builds it, unless that was done already.</summary>
    public static async Task Publish()
    {
        var fresh = Path.Combine(Kept, "fresh");
        await Shell.Run($"rm -rf {fresh} && mkdir -p {fresh} && tar c --exclude bin --exclude obj src *.props global.json | tar x -C {fresh}", Path.GetFullPath("../..", Project));
        foreach (var (file, line, added) in Changes)
        {
            var path = Path.Combine(fresh, file);
            var source = await File.ReadAllTextAsync(path);
            Assert.Contains(line, source, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, source.Replace(line, line + added, StringComparison.Ordinal));
        }
        if (Directory.Exists(Path.Combine(Kept, "out")) && await Shell.Succeeds("diff -qr -x bin -x obj fresh source", Kept))
            return;
        await Shell.Run("rm -rf source out unfinished && mv fresh source", Kept);
        // Its contracts are not in the manifest that was copied.
        foreach (var program in new[] { "Silo", "Api" })
            await Shell.Run($"dotnet publish src/{program} -c {Configuration} -p:Version=99.0.0 -p:EnableOrleansContractsAnalyzer=false -o ../unfinished/{program} --nologo -v q", Path.Combine(Kept, "source"));
        await Shell.Run("mv unfinished out", Kept);
    }

    /// <summary>How many records hold what only it writes.</summary>
    /// <param name="database">Connection string.</param>
    public static async Task<long> Written(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT count(*) FROM replays_grain_state WHERE position(convert_to($1, 'UTF8') IN payload) > 0");
        command.Parameters.AddWithValue(NewText);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
