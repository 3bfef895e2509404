using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Replays.Api.Tests.Npm;

/// <summary>npm packages of a lock file, installed into the temporary folder on first use.</summary>
internal static class NpmPackages
{
    /// <param name="folder">Folder of the test output that contains <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="name">Cache name; must change with the lock file.</param>
    /// <returns>Path of the <c>node_modules</c> folder.</returns>
    /// <exception cref="Win32Exception">npm is not installed.</exception>
    public static async Task<string> Install(string folder, string name)
    {
        var modules = Path.Combine(Path.GetTempPath(), $"replays-npm-{name}", "node_modules");
        if (Directory.Exists(modules))
            return modules;

        // Installs elsewhere and renames, so that concurrent runs never see a partial installation.
        var fresh = Directory.CreateTempSubdirectory("replays-npm-").FullName;
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, folder, file), Path.Combine(fresh, file));
        using (var install = Process.Start(
            new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = fresh })!)
        {
            await install.WaitForExitAsync();
            Assert.Equal(0, install.ExitCode);
        }

        try
        {
            Directory.Move(fresh, Path.GetDirectoryName(modules)!);
        }
        catch (IOException) when (Directory.Exists(modules))
        {
            Directory.Delete(fresh, recursive: true);
        }

        return modules;
    }
}
