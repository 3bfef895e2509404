using System.Buffers.Binary;
using System.Text;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

/// <summary>The checked-in clips, and building blocks for files that no recorder writes.</summary>
internal static class Clip
{
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetFiles(Folder).Select(Path.GetFileName).OfType<string>()
            .Where(name => !name.EndsWith(".md")).Order(StringComparer.Ordinal)];

    public static byte[] Video { get; } = Read("av-faststart.mp4");

    public static byte[] Audio { get; } = Read("audio.m4a");

    public static byte[] WebAudio { get; } = Read("browser-audio.webm");

    public static byte[] WebVideo { get; } = Read("av.webm");

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips");

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static async Task<MediaTracks> ReadTracks(byte[] file) =>
        await MediaTracks.ReadAsync(new MemoryStream(file, writable: false), TestContext.Current.CancellationToken);

    public static byte[] Box(string type, params ReadOnlySpan<byte> payload) =>
        [.. Number(payload.Length + 8L, 4), .. Encoding.Latin1.GetBytes(type), .. payload];

    /// <summary>The first box of a type, including its header.</summary>
    public static byte[] BoxOf(byte[] file, string type)
    {
        var at = file.AsSpan().IndexOf(Encoding.Latin1.GetBytes(type)) - 4;
        return file[at..(at + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))];
    }

    public static byte[] Element(uint id, params ReadOnlySpan<byte> payload) => [.. Id(id), 0x08, .. Number(payload.Length, 4), .. payload];

    /// <summary>The last Tracks element of a file from ffmpeg or a browser, whose size field has 1, 2 or 8 bytes.</summary>
    public static byte[] TracksOf(byte[] file)
    {
        var at = file.AsSpan().LastIndexOf((byte[])[0x16, 0x54, 0xAE, 0x6B]);
        var (length, size) = file[at + 4] switch
        {
            0x01 => (8, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at + 8))),
            >= 0x80 => (1, file[at + 4] & 0x7F),
            _ => (2, BinaryPrimitives.ReadInt16BigEndian(file.AsSpan(at + 4)) & 0x3FFF),
        };
        return file[at..(at + 4 + length + size)];
    }

    public static byte[] Replace(byte[] file, string oldText, string newText) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file).Replace(oldText, newText, StringComparison.Ordinal));

    private static byte[] Id(uint id) => [.. Number(id, 4).SkipWhile(one => one == 0)];

    private static byte[] Number(long number, int length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes[(8 - length)..];
    }
}
