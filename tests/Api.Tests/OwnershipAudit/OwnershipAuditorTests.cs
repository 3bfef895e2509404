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

public sealed class OwnershipAuditorTests(PostgresServer postgres)
{
    private const string Erasure =
        "INSERT INTO replays_stop (kind, target, scope, by_subject, by_role, stopped_at) VALUES (3, 'patients/p-erased', 0, '', '', 0)";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Media_of_a_patient_erased_during_the_audit_are_not_missing(bool hasStopRow)
    {
        await using var fixture = new OwnershipAuditFixture();
        var lost = (await fixture.CreateReplays("p-lost", 1))[0];
        await fixture.CreateReplays("p-intact", 1);
        await fixture.CreateReplays("p-erased", 3);
        foreach (var key in (await fixture.ReadObjectKeys("p-erased")).Concat(await fixture.ReadObjectKeys("p-lost")))
            fixture.Store.Sizes.Remove(key, out _);
        fixture.Store.OnListed = () => hasStopRow
            ? fixture.Execute(Erasure)
            : fixture.Put("ledger-header", "patients/p-erased", new LedgerHeader { Owner = "patients/p-erased", IsErasing = true });

        var finding = Assert.Single((await fixture.Audit()).Findings);
        Assert.Equal((FindingKinds.MediaMissing, lost.Name), (finding.Kind, finding.Name));
    }

    [Fact]
    public async Task Findings_beyond_the_named_maximum_are_rechecked_and_counted_correctly()
    {
        await using var fixture = new OwnershipAuditFixture();
        await fixture.CreateReplays("p-intact", 1);
        await fixture.CreateReplays("p-many", 21_000);
        var keys = await fixture.ReadObjectKeys("p-many");
        // Missing or incomplete while the store is listed; all but 2,400 of them are complete at the recheck.
        foreach (var (i, key) in keys.Index())
        {
            if (i % 2 == 0)
                fixture.Store.Sizes.Remove(key, out _);
            else
                fixture.Store.Sizes[key] = OwnershipAuditFixture.Bytes / 2;
        }
        fixture.Store.OnListed = () =>
        {
            foreach (var key in keys[2_400..])
                fixture.Store.Sizes[key] = OwnershipAuditFixture.Bytes + 16;
            return Task.CompletedTask;
        };

        var result = await fixture.Audit();
        Assert.Equal(new Dictionary<string, long> { [FindingKinds.MediaMissing] = 1_200, [FindingKinds.MediaSize] = 1_200 }, result.Kinds);
        Assert.Equal(Findings.MaxNamed, result.Findings.Length);
    }

    [Fact]
    public async Task An_empty_store_fails_the_audit_instead_of_causing_a_finding_per_object()
    {
        await using var fixture = new OwnershipAuditFixture();
        await fixture.CreateReplays("p-many", 30);
        var (key, bytes) = fixture.Store.Sizes.First();
        fixture.Store.Sizes.Clear();
        Assert.Contains("30 objects", (await Assert.ThrowsAsync<MediaStoreEmptyException>(fixture.Audit)).Message);

        fixture.Store.Sizes[key] = bytes;
        Assert.Equal(29, (await fixture.Audit()).Kinds[FindingKinds.MediaMissing]);
    }

    [Fact]
    public async Task A_consultation_with_an_invalid_object_key_is_an_unreadable_row()
    {
        await using var fixture = new OwnershipAuditFixture();
        var name = (await fixture.CreateReplays("p-invalid", 1))[0].Consultation.Name;
        await fixture.Put(ConsultationState.StateName, name, new ConsultationState
        {
            Owner = name,
            Status = ConsultationStatus.Ended,
            Recordings =
            [
                new()
                {
                    Ordinal = 1, Mode = ConsultationMode.Video, Status = RecordingStatus.Available, StartedAt = default,
                    ContentType = "video/mp4",
                    UploadToken = "", ObjectKey = "../../secret", WrappedKey = new byte[60],
                },
            ],
        });
        var finding = Assert.Single((await fixture.Audit()).Findings);
        Assert.Equal((FindingKinds.RowUnreadable, $"{ConsultationState.StateName} {name}"), (finding.Kind, finding.Name));
    }

    [Fact]
    public async Task An_audit_without_replays_and_media_is_clean()
    {
        await using var fixture = new OwnershipAuditFixture();
        await fixture.CreateReplays("p-new", 0);
        Assert.True((await fixture.Audit()).IsClean);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_does_not_see_later_changes(bool onPostgres)
    {
        await using var fixture = new OwnershipAuditFixture();
        await using var database = onPostgres ? await CreatePostgres() : fixture.Database;
        await using var snapshot = await AuditSnapshot.Open(database, "replays", TestContext.Current.CancellationToken);
        await using (var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken))
            await connection.Statement(Erasure).Execute(TestContext.Current.CancellationToken);
        Assert.Empty(await snapshot.ReadErasedPatients(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_unpooled_data_source_keeps_the_password()
    {
        using var database = NpgsqlDataSource.Create("Host=nowhere;Username=replays;Password=secret");
        using var unpooled = AuditSnapshot.CreateUnpooled(database);
        Assert.Equal("secret", new NpgsqlConnectionStringBuilder(unpooled.ConnectionString).Password);
    }

    private async Task<DbDataSource> CreatePostgres()
    {
        var connectionString = await postgres.CreateDatabase();
        Schema.MigratePostgres(connectionString);
        return NpgsqlDataSource.Create(connectionString);
    }
}
