using Microsoft.Playwright;
using Xunit;

namespace Replays.Api.Tests.Browser;

/// <summary>Headless Chromium. Skips the test when it is not installed, except in CI.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> Start()
    {
        Assert.SkipUnless(File.Exists(Executable) || Environment.GetEnvironmentVariable("CI") == "true", "Chromium is not installed.");
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        }));
    }

    public async Task<IPage> NewTab()
    {
        var tab = await _browser.NewPageAsync();
        tab.SetDefaultTimeout((float)TimeSpan.FromMinutes(2).TotalMilliseconds); // for slow machines
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
