using System.Buffers.Binary;
using System.Text;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

/// <summary>The checked-in clips, and the pieces of which the tests make files that no recorder would.</summary>
static class Clip
{
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetFiles(Folder).Select(Path.GetFileName).OfType<string>()
            .Where(name => !name.EndsWith(".md")).Order(StringComparer.Ordinal)];

    public static byte[] Video { get; } = Read("av-faststart.mp4");

    public static byte[] Audio { get; } = Read("audio.m4a");

    public static byte[] WebAudio { get; } = Read("browser-audio.webm");

    public static byte[] WebVideo { get; } = Read("av.webm");

    static string Folder => Path.Combine(AppContext.BaseDirectory, "Media", "Containers", "Clips");

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static async Task<MediaTracks> TracksAsync(byte[] file) =>
        await MediaTracks.ReadAsync(new MemoryStream(file, writable: false), TestContext.Current.CancellationToken);

    public static byte[] Box(string type, params ReadOnlySpan<byte> payload) =>
        [.. Number(payload.Length + 8L, 4), .. Encoding.Latin1.GetBytes(type), .. payload];

    /// <summary>The first box of a type, header included.</summary>
    public static byte[] BoxOf(byte[] file, string type)
    {
        var at = file.AsSpan().IndexOf(Encoding.Latin1.GetBytes(type)) - 4;
        return file[at..(at + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))];
    }

    public static byte[] Element(uint id, params ReadOnlySpan<byte> payload) => [.. Id(id), 0x08, .. Number(payload.Length, 4), .. payload];

    /// <summary>The Tracks element of a file by ffmpeg or a browser, whose size takes one or two bytes.</summary>
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

    public static byte[] Replace(byte[] file, string what, string by) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file).Replace(what, by, StringComparison.Ordinal));

    static byte[] Id(uint id) => [.. Number(id, 4).SkipWhile(one => one == 0)];

    static byte[] Number(long number, int length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes[(8 - length)..];
    }
}
