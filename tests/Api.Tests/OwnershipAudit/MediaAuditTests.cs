using System.Data.Common;
using Npgsql;
using Replays.Data.OwnershipAudit;
using Replays.Data.Sql;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Storage;
using Replays.Silo.OwnershipAudit;
using Xunit;

namespace Replays.Api.Tests.OwnershipAudit;

/// <summary>What changes while an audit is under way is no fault, and is not counted as one.</summary>
public sealed class MediaAuditTests(PostgresServer postgres)
{
    private const string Erasure =
        "INSERT INTO replays_stop (kind, target, scope, by_subject, by_role, stopped_at) VALUES (3, 'patients/p-erased', 0, '', '', 0)";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_being_erased_meanwhile_has_no_media_missing(bool stopped)
    {
        await using var lab = new OwnershipAuditFixture();
        var lost = (await lab.Live("p-lost", 1))[0];
        await lab.Live("p-well", 1);
        await lab.Live("p-erased", 3);
        foreach (var key in (await lab.Keys("p-erased")).Concat(await lab.Keys("p-lost")))
            lab.Store.Sizes.Remove(key, out _);
        lab.Store.Listed = () => stopped
            ? lab.Execute(Erasure)
            : lab.Put("ledger-header", "patients/p-erased", new LedgerHeader { Owner = "patients/p-erased", IsErasing = true });

        var finding = Assert.Single((await lab.Audit()).Findings);
        Assert.Equal((FindingKinds.MediaMissing, lost.Name), (finding.Kind, finding.Name));
    }

    [Fact]
    public async Task More_than_can_be_named_are_looked_at_once_more_as_well_and_counted_rightly()
    {
        await using var lab = new OwnershipAuditFixture();
        await lab.Live("p-well", 1);
        await lab.Live("p-many", 21_000);
        var keys = await lab.Keys("p-many");
        // Not there, or half there, when the store was listed; all but some of them by then.
        foreach (var (i, key) in keys.Index())
        {
            if (i % 2 == 0)
                lab.Store.Sizes.Remove(key, out _);
            else
                lab.Store.Sizes[key] = OwnershipAuditFixture.Bytes / 2;
        }
        lab.Store.Listed = () =>
        {
            foreach (var key in keys[2_400..])
                lab.Store.Sizes[key] = OwnershipAuditFixture.Bytes + 16;
            return Task.CompletedTask;
        };

        var result = await lab.Audit();
        Assert.Equal(new Dictionary<string, long> { [FindingKinds.MediaMissing] = 1_200, [FindingKinds.MediaSize] = 1_200 }, result.Kinds);
        Assert.Equal(Findings.MaxNamed, result.Findings.Length);
    }

    [Fact]
    public async Task A_store_in_which_nothing_is_left_is_not_a_million_findings()
    {
        await using var lab = new OwnershipAuditFixture();
        await lab.Live("p-many", 30);
        var (key, bytes) = lab.Store.Sizes.First();
        lab.Store.Sizes.Clear();
        Assert.Contains("30 objects", (await Assert.ThrowsAsync<MediaStoreEmptyException>(lab.Audit)).Message);

        lab.Store.Sizes[key] = bytes;
        Assert.Equal(29, (await lab.Audit()).Kinds[FindingKinds.MediaMissing]);
    }

    [Fact]
    public async Task A_consultation_that_refers_to_what_is_no_object_is_named()
    {
        await using var lab = new OwnershipAuditFixture();
        var name = (await lab.Live("p-odd", 1))[0].Consultation.Name;
        await lab.Put(ConsultationState.StateName, name, new ConsultationState
        {
            Owner = name,
            Status = ConsultationStatus.Ended,
            Recordings =
            [
                new()
                {
                    Ordinal = 1, Mode = ConsultationMode.Video, Status = RecordingStatus.Available, StartedAt = default, ContentType = "video/mp4",
                    UploadToken = "", ObjectKey = "../../secret", WrappedKey = new byte[60],
                },
            ],
        });
        var finding = Assert.Single((await lab.Audit()).Findings);
        Assert.Equal((FindingKinds.RowUnreadable, $"{ConsultationState.StateName} {name}"), (finding.Kind, finding.Name));
    }

    [Fact]
    public async Task With_neither_replays_nor_media_all_is_well()
    {
        await using var lab = new OwnershipAuditFixture();
        await lab.Live("p-new", 0);
        Assert.True((await lab.Audit()).IsClean);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_is_of_the_moment_when_it_was_opened(bool onPostgres)
    {
        await using var lab = new OwnershipAuditFixture();
        await using var database = onPostgres ? await Migrated() : lab.Database;
        await using var snapshot = await AuditSnapshot.Open(database, "replays", TestContext.Current.CancellationToken);
        await using (var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken))
            await connection.Statement(Erasure).Execute(TestContext.Current.CancellationToken);
        Assert.Empty(await snapshot.ReadErasedPatients(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_connection_of_an_audits_own_knows_the_password()
    {
        using var database = NpgsqlDataSource.Create("Host=nowhere;Username=replays;Password=secret");
        using var own = AuditSnapshot.CreateUnpooled(database);
        Assert.Equal("secret", new NpgsqlConnectionStringBuilder(own.ConnectionString).Password);
    }

    private async Task<DbDataSource> Migrated()
    {
        var connectionString = await postgres.CreateDatabase();
        Schema.MigratePostgres(connectionString);
        return NpgsqlDataSource.Create(connectionString);
    }
}
