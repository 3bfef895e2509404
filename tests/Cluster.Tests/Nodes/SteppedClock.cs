using Xunit;

namespace Replays.Cluster.Tests.Nodes;

/// <summary>
/// Steps the wall clock of a running program forward and back; its monotonic clock is not affected. libfaketime is no alternative: it also
/// intercepts waits and polls, and .NET's sockets fail under it.
/// </summary>
internal sealed class SteppedClock : IDisposable
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <time.h>
        static volatile long *offset; /* seconds, in a mapped file that the test writes */
        static int (*real)(clockid_t, struct timespec *);
        __attribute__((constructor)) static void begin(void) {
            real = dlsym(RTLD_NEXT, "clock_gettime");
            int file = open(getenv("STEPPED_CLOCK"), O_RDONLY);
            void *page = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            offset = page == MAP_FAILED ? 0 : page;
        }
        int clock_gettime(clockid_t clock, struct timespec *now) {
            if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
            int failed = real(clock, now);
            if (!failed && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
            return failed;
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("replays-clock-").FullName;

    private SteppedClock() => SetOffset(TimeSpan.Zero);

    /// <summary>The environment variables of a program under this clock.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = Path.Combine(_directory, "clock.so"),
        ["STEPPED_CLOCK"] = OffsetFile,
    };

    private string OffsetFile => Path.Combine(_directory, "offset");

    /// <summary>Skips the test if there is no C compiler.</summary>
    public static async Task<SteppedClock> Create()
    {
        var clock = new SteppedClock();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(clock._directory, "clock.c"), Source);
            await Shell.Run("cc -shared -fPIC -o clock.so clock.c -ldl", clock._directory);
            return clock;
        }
        catch (InvalidOperationException exception)
        {
            clock.Dispose();
            Assert.Skip($"Clock steps need a C compiler, cc: {exception.Message}");
            throw;
        }
    }

    /// <param name="offset">From the correct time.</param>
    public void SetOffset(TimeSpan offset)
    {
        using var file = new FileStream(OffsetFile, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)offset.TotalSeconds)); // in place, because the file is mapped
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
