using System.Buffers.Binary;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

public sealed class MediaTracksTests
{
    [Theory]
    [InlineData("av-faststart.mp4", MediaContainer.Mp4, 1, 1, 0)]
    [InlineData("av-moov-last.mp4", MediaContainer.Mp4, 1, 1, 0)]
    [InlineData("av-fragmented.mp4", MediaContainer.Mp4, 1, 1, 0)]
    [InlineData("video-only.mp4", MediaContainer.Mp4, 0, 1, 0)]
    [InlineData("audio.m4a", MediaContainer.Mp4, 1, 0, 0)]
    [InlineData("audio-fragmented.m4a", MediaContainer.Mp4, 1, 0, 0)]
    [InlineData("audio-with-text.m4a", MediaContainer.Mp4, 1, 0, 1)]
    [InlineData("browser-av.mp4", MediaContainer.Mp4, 1, 1, 0)]
    [InlineData("browser-audio.mp4", MediaContainer.Mp4, 1, 0, 0)]
    [InlineData("av.webm", MediaContainer.WebM, 1, 1, 0)]
    [InlineData("av-live.webm", MediaContainer.WebM, 1, 1, 0)]
    [InlineData("browser-av.webm", MediaContainer.WebM, 1, 1, 0)]
    [InlineData("audio.webm", MediaContainer.WebM, 1, 0, 0)]
    [InlineData("browser-audio.webm", MediaContainer.WebM, 1, 0, 0)]
    [InlineData("av.mkv", MediaContainer.Matroska, 1, 1, 0)]
    [InlineData("browser-av.mkv", MediaContainer.Matroska, 1, 1, 0)]
    [InlineData("audio.mka", MediaContainer.Matroska, 1, 0, 0)]
    public async Task Tracks_of_a_real_clip_are_counted_by_kind(string clip, MediaContainer container, int audio, int video, int other) =>
        Assert.Equal(new MediaTracks(container, audio, video, other), await Clip.ReadTracks(Clip.Read(clip)));

    [Theory]
    [InlineData("free")]
    [InlineData("skip")]
    [InlineData("uuid")]
    public async Task Box_that_players_skip_may_contain_anything(string type)
    {
        Assert.Equal(new(MediaContainer.Mp4, 1), await Clip.ReadTracks([.. Clip.Audio, .. Clip.Box(type, Clip.Video)]));
        Assert.Equal(new(MediaContainer.Mp4, 1), await Clip.ReadTracks([.. Clip.Audio, .. Clip.Box(type, [])]));
    }

    [Fact]
    public async Task Last_box_may_extend_to_the_end()
    {
        var boxed = Clip.Box("free", Clip.Video);
        boxed.AsSpan(0, 4).Clear();
        Assert.Equal(new(MediaContainer.Mp4, 1), await Clip.ReadTracks([.. Clip.Audio, .. boxed]));
    }

    [Theory]
    [InlineData("av-fragmented.mp4")]
    [InlineData("browser-av.webm")]
    [InlineData("av-live.webm")]
    public async Task Live_recording_may_be_truncated_within_its_media(string clip)
    {
        var file = Clip.Read(clip);
        // The fragmented file ends with an index of about 200 bytes after the last mdat; the browser's files have none.
        var end = clip.EndsWith("mp4") ? file.AsSpan().LastIndexOf("mfra"u8) - 4 : file.Length;
        Assert.Equal((1, 1), await Clip.ReadTracks(file[..(end - 5)]) is var tracks ? (tracks.Audio, tracks.Video) : default);
    }

    [Theory]
    [InlineData("av-faststart.mp4")]
    [InlineData("av-moov-last.mp4")]
    public async Task Truncated_finished_recording_is_unreadable(string clip)
    {
        var file = Clip.Read(clip);
        Assert.Equal(new(MediaContainer.Unreadable), await Clip.ReadTracks(file[..^5]));
    }

    [Fact]
    public async Task Unknown_container_is_other()
    {
        Assert.Equal(new(MediaContainer.Other), await Clip.ReadTracks([]));
        Assert.Equal(new(MediaContainer.Other), await Clip.ReadTracks([0x1A, 0x45, 0xDF]));
        Assert.Equal(new(MediaContainer.Other), await Clip.ReadTracks("RIFF....WAVEfmt "u8.ToArray()));
        Assert.Equal(new(MediaContainer.Other), await Clip.ReadTracks(Clip.Video[1..]));
    }

    [Fact]
    public async Task Tracks_without_samples_are_not_readable()
    {
        var header = Clip.Read("av-fragmented.mp4");
        Assert.Equal(new(MediaContainer.Mp4, Unclear: 2), await Clip.ReadTracks(header[..(header.AsSpan().IndexOf("moof"u8) - 4)]));
        var web = Clip.Read("browser-av.webm");
        var cluster = web.AsSpan().IndexOf((byte[])[0x1F, 0x43, 0xB6, 0x75]);
        Assert.Equal(new(MediaContainer.WebM, Unclear: 2), await Clip.ReadTracks(web[..cluster]));
    }

    [Fact]
    public async Task Eight_gibibytes_of_media_data_are_skipped()
    {
        const long size = 8L << 30;
        byte[] head = [.. Clip.BoxOf(Clip.Audio, "ftyp"), .. Clip.BoxOf(Clip.Audio, "moov"), 0, 0, 0, 1, .. "mdat"u8, .. new byte[8]];
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(head.Length - 8), size);
        var tail = Clip.BoxOf(Clip.Video, "moov");
        var stream = new SparseStream(head, tail, head.Length - 16 + size + tail.Length);
        Assert.Equal(new(MediaContainer.Mp4, 2, 1), await MediaTracks.ReadAsync(stream, TestContext.Current.CancellationToken));
        Assert.InRange(stream.BytesRead, 1, 64 << 10);
    }

    [Fact]
    public async Task Eight_thousand_clusters_are_skipped()
    {
        // A repeated cluster of 1 MiB with one block: 8 GiB.
        const int size = 1 << 20, clusters = 1 << 13;
        byte[] cluster = [0x1F, 0x43, 0xB6, 0x75, 0x08, 0, 0x0F, 0xFF, 0xF7, 0xA3, 0x08, 0, 0x0F, 0xFF, 0xF1, 0x81, 0, 0, 0x80];
        var segment = Clip.WebAudio.AsSpan().IndexOf(cluster.AsSpan(0, 4));
        var stream = new SparseStream(Clip.WebAudio[..segment], [], segment + ((long)clusters * size), cluster, size);
        Assert.Equal(new(MediaContainer.WebM, 1), await MediaTracks.ReadAsync(stream, TestContext.Current.CancellationToken));
        Assert.InRange(stream.BytesRead, 1, (clusters + 2) * 4096L);
    }

    [Fact]
    public async Task Failing_store_does_not_make_a_recording_unreadable() =>
        await Assert.ThrowsAsync<IOException>(async () => await MediaTracks.ReadAsync(
            new SparseStream(Clip.Video, [], 1 << 20) { FailsAt = 4096 }, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await MediaTracks.ReadAsync(new MemoryStream(Clip.Video), source.Token));
    }
}
