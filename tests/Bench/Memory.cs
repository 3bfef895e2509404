using Replays.Api.Tests.Http;

namespace Replays.Bench;

/// <summary>The memory of a process, from Linux.</summary>
internal static class Memory
{
    /// <returns>Bytes in use now.</returns>
    public static long Now(ProgramProcess program) => Read(program, "VmRSS");

    /// <returns>The most bytes in use since <see cref="Forget"/>.</returns>
    public static long Peak(ProgramProcess program) => Read(program, "VmHWM");

    public static Task Forget(ProgramProcess program) => File.WriteAllTextAsync($"/proc/{program.Id}/clear_refs", "5");

    private static long Read(ProgramProcess program, string line) =>
        long.Parse(File.ReadLines($"/proc/{program.Id}/status").Single(one => one.StartsWith(line)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
}
