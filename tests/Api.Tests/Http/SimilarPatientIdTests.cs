using System.Text;
using Replays.Api.Tests.Uploads;
using Replays.Grains.Tests.Storage;
using Xunit;

namespace Replays.Api.Tests.Http;

public sealed class SimilarPatientIdTests(PostgresServer postgres)
{
    private const string Guid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";

    /// <summary>Different patients whose ids look the same to people, or to a database that normalises keys.</summary>
    private static readonly string[] Patients =
    [
        "1", "01", "001", "0x1", "a", "A", "0a", "0A", "00a", "-1", "1-1",
        Guid, Guid.ToUpperInvariant(), Guid.Replace("-", ""), Guid.Replace("-", "").ToUpperInvariant(),
        new string('x', 128), new string('x', 127), new string('x', 127) + "X",
        "-", "_", "__", "p.q", "p~q", "p|q", "p:q", "p@q", "p-q", "p_q", "pq", "p..q", "patients",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Patients_with_similar_ids_see_only_their_own_replays_before_and_after_a_crash(bool onPostgres)
    {
        await using var deployment = await TestDeployment.Start(onPostgres ? postgres : null);
        var api = deployment.Api;
        await Parallel.ForEachAsync(Patients, async (patient, _) => Assert.Equal("1-1", await api.Give(patient, MediaOf(patient))));
        await AssertOwnReplays(api);
        deployment.Kill();
        await deployment.Restart();
        await AssertOwnReplays(api);
    }

    private static Task AssertOwnReplays(ApiProcess api) => Parallel.ForEachAsync(Patients, async (patient, cancellation) =>
    {
        Assert.Equal(["1-1"], await api.Replays(patient));
        using var media = await api.Media(patient, "1-1");
        Assert.Equal(MediaOf(patient), await media.Content.ReadAsByteArrayAsync(cancellation));
    });

    private static byte[] MediaOf(string patient) => PaddedClip.WithPadding(Encoding.ASCII.GetBytes(patient));
}
