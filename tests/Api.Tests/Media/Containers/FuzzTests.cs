using System.Text;
using Replays.Media.Containers;
using Xunit;

namespace Replays.Api.Tests.Media.Containers;

public sealed class FuzzTests
{
    private static readonly byte[][] Clips = [.. Clip.All.Select(Clip.Read)];

    /// <summary>Sizes and ids that tend to break readers.</summary>
    private static readonly byte[][] Words =
    [
        [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 7], [0, 0, 0, 8], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0xFF], [0xFF], [0x80], [0x01], [0],
        [0, 0, 0, 1, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
        .. "moov trak mdia minf stbl stsd hdlr moof traf trun free udta cmov vide soun".Split(' ').Select(Encoding.Latin1.GetBytes),
        [0x1A, 0x45, 0xDF, 0xA3], [0x18, 0x53, 0x80, 0x67], [0x16, 0x54, 0xAE, 0x6B], [0x1F, 0x43, 0xB6, 0x75], [0x11, 0x4D, 0x9B, 0x74],
        [0x4D, 0xBB], [0x53, 0xAC], [0xAE], [0xA0],
    ];

    /// <summary>
    /// 20,000 mutants of all clips, or <c>FUZZ_MUTANTS</c>. To repeat a failure, set <c>FUZZ_SEED</c> to the seed it prints.
    /// </summary>
    [Fact]
    public async Task No_mutant_of_a_real_clip_crashes_hangs_or_exhausts_memory()
    {
        var mutants = Setting("FUZZ_MUTANTS", 20_000);
        var seed = Setting("FUZZ_SEED", Environment.TickCount);
        TestContext.Current.SendDiagnosticMessage("{0} mutants from seed {1}", mutants, seed);
        var (worstMemory, worstReads, readable) = (0L, 0L, 0);
        for (var i = 0; i < mutants; i++)
        {
            var file = Mutant(new Random(seed + i));
            var stream = new SparseStream(file, [], file.Length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var tracks = await MediaTracks.ReadAsync(stream, TestContext.Current.CancellationToken);
                if (tracks.Container > MediaContainer.Unreadable)
                    readable++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"FUZZ_SEED={seed + i}: {exception}");
            }

            var memory = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(memory < 512 << 10, $"FUZZ_SEED={seed + i}: {memory} bytes allocated for a file of {file.Length}");
            Assert.True(stream.BytesRead < 16 * (4096 + file.Length),
                $"FUZZ_SEED={seed + i}: {stream.BytesRead} bytes read of a file of {file.Length}");
            (worstMemory, worstReads) = (Math.Max(worstMemory, memory), Math.Max(worstReads, stream.BytesRead));
        }

        TestContext.Current.SendDiagnosticMessage(
            "{0} readable; at most {1} bytes allocated and {2} read per file", readable, worstMemory, worstReads);
        // With fewer readable mutants the test would not reach the deeper code.
        Assert.InRange(readable, mutants / 20, mutants);
    }

    private static byte[] Mutant(Random random)
    {
        List<byte> file = [.. random.GetItems(Clips, 1)[0]];
        for (var changes = random.Next(1, 9); changes > 0 && file.Count > 16; changes--)
        {
            // Half of the changes target the front, where the structure is.
            var at = random.Next(random.Next(2) == 0 ? file.Count : Math.Min(file.Count, 1024));
            var length = Math.Min(random.Next(1, 64), file.Count - at);
            var word = random.GetItems(Words, 1)[0];
            switch (random.Next(8))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2 or 3:
                    for (var i = 0; i < word.Length && at + i < file.Count; i++)
                        file[at + i] = word[i];
                    break;
                case 4:
                    file.InsertRange(at, word);
                    break;
                case 5:
                    file.RemoveRange(at, length);
                    break;
                case 6:
                    file.InsertRange(at, file.GetRange(random.Next(file.Count - length + 1), length));
                    break;
                default:
                    var other = random.GetItems(Clips, 1)[0];
                    var from = random.Next(other.Length);
                    file.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 1024))]);
                    break;
            }
        }

        return [.. file];
    }

    private static int Setting(string name, int defaultValue) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : defaultValue;
}
