using System.Diagnostics;

namespace Replays.Cluster.Tests.Nodes;

internal static class Shell
{
    /// <exception cref="InvalidOperationException">The command failed; the message has its output.</exception>
    public static async Task Run(string command, string? directory = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{command} 2>&1"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = directory ?? "",
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} exited with {process.ExitCode}: {output}");
    }

    public static async Task<bool> Succeeds(string command, string directory)
    {
        try
        {
            await Run(command, directory);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
