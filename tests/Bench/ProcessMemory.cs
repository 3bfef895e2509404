using Replays.Api.Tests.Http;

namespace Replays.Bench;

/// <summary>The resident memory of a process in bytes, from Linux' proc(5).</summary>
internal static class ProcessMemory
{
    public static long Current(ProgramProcess program) => Read(program, "VmRSS");

    /// <summary>The maximum since <see cref="ResetPeak"/>, or since the process started.</summary>
    public static long Peak(ProgramProcess program) => Read(program, "VmHWM");

    public static Task ResetPeak(ProgramProcess program) => File.WriteAllTextAsync($"/proc/{program.Id}/clear_refs", "5");

    private static long Read(ProgramProcess program, string field)
    {
        var line = File.ReadLines($"/proc/{program.Id}/status").Single(text => text.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
