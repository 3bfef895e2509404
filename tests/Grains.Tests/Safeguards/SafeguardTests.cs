using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using Replays.Grains.Tests.Consultations;

namespace Replays.Grains.Tests.Safeguards;

public sealed class SafeguardTests(SafeguardFixtures fixtures) : IClassFixture<SafeguardFixtures>
{
    public static TheoryData<string> Faults => [.. Fault.All.Select(fault => fault.Name)];

    public static TheoryData<string, string> Denials =>
        [.. Fault.All.SelectMany(fault => fault.DeniedBy.Select(by => new TheoryDataRow<string, string>(fault.Name, by.ToString())))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task With_no_safeguard_enabled_the_fault_reaches_the_strangers_list(string fault)
    {
        var (listed, _) = await Inject(await fixtures.With(), fault);
        Assert.True(listed);
    }

    [Theory]
    [MemberData(nameof(Denials))]
    public async Task One_safeguard_alone_denies_the_fault(string fault, string safeguard)
    {
        var enabled = Enum.Parse<Safeguard>(safeguard);
        var (listed, opened) = await Inject(await fixtures.With(enabled), fault);
        Assert.False(opened);
        // The key safeguard protects the media, not the title: the misfiled reference is listed and does not open.
        Assert.Equal(enabled is Safeguard.Key, listed);
    }

    [Fact]
    public async Task Without_the_name_and_record_safeguards_the_stranger_opens_the_media()
    {
        var fixture = await fixtures.With();
        foreach (var fault in Fault.All.Where(fault => fault.DeniedBy.Contains(Safeguard.Name)))
            Assert.Equal((true, true), await Inject(fixture, fault.Name));
    }

    [Fact]
    public async Task Nothing_is_delivered_to_a_settled_consultation()
    {
        var fixture = await fixtures.With(Safeguard.Ledger);
        var replay = await fixture.DeliverReplay();
        var (consultation, patient) = (replay.Name.Consultation, fixture.Grains.Patient(replay.Name.Patient));
        var late = new Delivery(replay with { Name = consultation.Recording(2) }, Backend.Recorder);
        var result = DeliveryResult.Accepted;
        await fixture.InjectDefect(consultation, async () =>
        {
            await patient.ReportStatus(new StatusReport(consultation, ConsultationStatus.Settled));
            result = await patient.AcceptReplay(late);
        });
        Assert.Equal(DeliveryResult.Rejected, result);
    }

    [Fact]
    public async Task A_repeated_defect_opens_one_near_miss_incident_that_counts_its_occurrences()
    {
        var fixture = await fixtures.With(Safeguard.Name);
        var stranger = Backend.NewPatient();
        await fixture.StartConsultation(stranger);
        var replay = await fixture.DeliverReplay();
        var (consultation, delivery) = (replay.Name.Consultation, new Delivery(replay, Backend.Recorder));
        for (var i = 0; i < 5; i++)
            await fixture.InjectDefect(consultation, () => fixture.Grains.Patient(stranger).AcceptReplay(delivery));

        var log = fixture.Services.GetRequiredService<IIncidentLog>();
        IncidentSummary[] found = [];
        await Eventually.Holds(
            async () =>
            {
                found = [.. (await log.List(open: true, 100, null)).Where(incident => incident.Report.Cause == consultation.Name)];
                return found.Sum(incident => incident.Occurrences) >= 5;
            },
            "Five occurrences of the near miss were not recorded.");

        var incident = Assert.Single(found);
        Assert.Equal((IncidentSource.Safeguard, 5, null), (incident.Report.Source, incident.Occurrences, incident.DueAt));
        Assert.Equal(IncidentKind.NearMiss, (await fixture.Grains.Incident(incident.Report.Id).Get())!.Kind);
    }

    [Fact]
    public async Task Nothing_is_delivered_if_the_patient_never_joined()
    {
        var fixture = await fixtures.With(Safeguard.Presence);
        var consultation = await fixture.StartConsultation(Backend.NewPatient());
        var recording = (await fixture.OpenRecording(consultation, await fixture.Join(consultation))).Value!.Name;
        await fixture.ModifyConsultation(consultation, stored => stored with { JoinedAt = null });
        Assert.Equal(ErrorCode.PresenceRequired, await fixture.Seal(recording));
    }

    [Fact]
    public async Task Denials_are_logged_without_personal_data()
    {
        var fixture = await fixtures.With(Safeguard.Caller);
        await Fault.All.First(fault => fault.DeniedBy.Contains(Safeguard.Caller)).Inject(fixture, Backend.NewPatient());
        var lines = fixture.Logs.LinesOf("Replays.Grains.Safeguards").ToList();
        Assert.Contains(lines, line => line.Contains("Caller", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("p-", StringComparison.Ordinal));
    }

    private static async Task<(bool Listed, bool Opened)> Inject(SafeguardFixture fixture, string faultName)
    {
        var stranger = Backend.NewPatient();
        var objectKey = await Fault.All.Single(fault => fault.Name == faultName).Inject(fixture, stranger);
        return objectKey is null ? default : await fixture.FindExposure(stranger, objectKey);
    }
}
