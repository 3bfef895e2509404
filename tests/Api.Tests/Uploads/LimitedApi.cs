using System.Diagnostics;
using Replays.Api.Tests.Http;
using Xunit;

namespace Replays.Api.Tests.Uploads;

/// <summary>An Api with low limits, whose media are on a 4 MB disk.</summary>
public sealed class LimitedApi : IAsyncLifetime
{
    public const int MaxBytes = 32 << 20;

    private readonly string _disk = Directory.CreateTempSubdirectory("replays-disk-").FullName;
    private string? _unsupported;

    public ApiProcess Api { get; private set; } = null!;

    public string Media => Path.Combine(_disk, "media");

    /// <summary>Skips the test when the disk cannot be mounted; fails it in CI.</summary>
    public void RequireDisk()
    {
        if (_unsupported is null)
            return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", _unsupported);
        Assert.Skip(_unsupported);
    }

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", _disk))
            _unsupported = "Mounting a small disk requires Linux and root.";
        Api = await ApiProcess.Start(new Dictionary<string, string?>
        {
            ["Replays__Media__Directory"] = Media,
            ["Replays__Media__ContentTypes__0"] = "video/mp4",
            ["Replays__Media__ContentTypes__1"] = "audio/flac",
            ["Replays__Recordings__MaxBytes"] = $"{MaxBytes}",
            ["Replays__Recordings__UploadDeadline"] = "00:00:01",
            ["Replays__Recordings__UploadIdleTimeout"] = "00:00:05",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        if (_unsupported is null)
            Process.Start("umount", [_disk]).WaitForExit();
        Directory.Delete(_disk, recursive: true);
    }

    public void GrowDisk() => Assert.True(Mount("-o", "remount,size=64m", _disk));

    private static bool Mount(params string[] arguments)
    {
        using var mount = Process.Start("mount", arguments);
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }
}
