using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Replays.Api.Tests.Http;

/// <summary>Patients whose ids look alike, to people or to a database, each see exactly their own.</summary>
internal static class LookAlikes
{
    private static readonly string Guid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";

    /// <summary>Each is somebody else.</summary>
    private static readonly string[] Patients =
    [
        "1", "01", "001", "0x1", "a", "A", "0a", "0A", "00a", "-1", "1-1",
        Guid, Guid.ToUpperInvariant(), Guid.Replace("-", ""), Guid.Replace("-", "").ToUpperInvariant(),
        new string('x', 128), new string('x', 127), new string('x', 127) + "X",
        "-", "_", "__", "p.q", "p~q", "p|q", "p:q", "p@q", "p-q", "p_q", "pq", "p..q", "patients",
    ];

    public static async Task GiveAndCheck(ApiProcess api, Func<Task> restart)
    {
        await Parallel.ForEachAsync(Patients, async (patient, _) => Assert.Equal("1-1", await api.Give(patient, MediaOf(patient))));
        await Check(api);
        await restart();
        await Check(api);
    }

    private static Task Check(ApiProcess api) => Parallel.ForEachAsync(Patients, async (patient, cancellation) =>
    {
        Assert.Equal(["1-1"], await api.Replays(patient));
        using var media = await api.Media(patient, "1-1");
        Assert.Equal(MediaOf(patient), await media.Content.ReadAsByteArrayAsync(cancellation));
    });

    /// <summary>A clip that says whose it is: in a box at its end, which players skip.</summary>
    private static byte[] MediaOf(string patient)
    {
        var name = Encoding.ASCII.GetBytes(patient);
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, name.Length + 8);
        return [.. ApiProcess.Video, .. size, .. "free"u8, .. name];
    }
}

public sealed class EmbeddedLookAlikeTests
{
    [Fact]
    public async Task Look_alikes_see_their_own_before_and_after_a_kill()
    {
        await using var api = await ApiProcess.Start();
        await LookAlikes.GiveAndCheck(api, () => api.Restart());
    }
}

[Collection(nameof(TwoProcesses))]
public sealed class TwoProcessesLookAlikeTests(TwoProcesses two)
{
    [Fact]
    public async Task Look_alikes_see_their_own_before_and_after_a_kill() => await LookAlikes.GiveAndCheck(await two.Api(), two.Restart);
}
