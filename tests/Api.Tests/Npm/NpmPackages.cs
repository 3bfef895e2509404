using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Replays.Api.Tests.Npm;

/// <summary>npm packages as a lock file says, installed into the temporary folder on first use.</summary>
internal static class NpmPackages
{
    /// <param name="folder">Of the test's output, with <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="name">Changes whenever the lock file does.</param>
    /// <returns>The folder <c>node_modules</c>.</returns>
    /// <exception cref="Win32Exception">npm is not here.</exception>
    public static async Task<string> Install(string folder, string name)
    {
        var modules = Path.Combine(Path.GetTempPath(), $"replays-npm-{name}", "node_modules");
        if (Directory.Exists(modules))
            return modules;

        // Beside it, then renamed: other runs see all of it or nothing.
        var fresh = Directory.CreateTempSubdirectory("replays-npm-").FullName;
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, folder, file), Path.Combine(fresh, file));
        using (var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = fresh })!)
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
