using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;
using Replays.Grains.Tests.Consultations;
using Safeguard = Replays.Grains.Safeguards.Safeguard;

namespace Replays.Grains.Tests.Safeguards;

/// <summary>Silos that have one lock armed, or none, each started when it is first needed.</summary>
public sealed class SafeguardFixtures : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SafeguardFixture>>> _labs = new();

    internal Task<SafeguardFixture> With(params Safeguard[] armed) =>
        _labs.GetOrAdd(string.Join('+', armed), _ => new(() => SafeguardFixture.Start(armed))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var lab in _labs.Values)
            await (await lab.Value).DisposeAsync();
    }
}

public sealed class SafeguardTests(SafeguardFixtures labs) : IClassFixture<SafeguardFixtures>
{
    public static TheoryData<string> Faults => [.. Fault.All.Select(fault => fault.Name)];

    public static TheoryData<string, string> Refusals =>
        [.. Fault.All.SelectMany(fault => fault.RefusedBy.Select(alone => new TheoryDataRow<string, string>(fault.Name, alone.ToString())))];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task With_no_lock_armed_the_fault_reaches_the_strangers_list(string fault)
    {
        var (listed, _) = await Reach(await labs.With(), fault);
        Assert.True(listed);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task One_lock_alone_refuses(string fault, string alone)
    {
        var refusedBy = Enum.Parse<Safeguard>(alone);
        var (listed, opened) = await Reach(await labs.With(refusedBy), fault);
        Assert.False(opened);
        // A misfiled reference under the key lock alone is listed, and plays nothing.
        Assert.Equal(refusedBy is Safeguard.Key, listed);
    }

    [Fact]
    public async Task With_the_name_or_record_lock_off_too_the_stranger_opens_the_media()
    {
        var lab = await labs.With();
        foreach (var fault in Fault.All.Where(fault => fault.RefusedBy.Contains(Safeguard.Name)))
            Assert.Equal((true, true), await Reach(lab, fault.Name));
    }

    [Fact]
    public async Task Nothing_is_delivered_to_a_settled_consultation()
    {
        var lab = await labs.With(Safeguard.Ledger);
        var replay = await lab.Owner();
        var (consultation, patient) = (replay.Name.Consultation, lab.Grains.Patient(replay.Name.Patient));
        var late = new Delivery(replay with { Name = consultation.Recording(2) }, Backend.Recorder);
        var result = DeliveryResult.Accepted;
        await lab.Misbehave(consultation, async () =>
        {
            await patient.ReportStatus(new StatusReport(consultation, ConsultationStatus.Settled));
            result = await patient.AcceptReplay(late);
        });
        Assert.Equal(DeliveryResult.Refused, result);
    }

    [Fact]
    public async Task What_only_a_defect_can_cause_opens_one_near_miss_a_cause_however_often_it_comes()
    {
        var lab = await labs.With(Safeguard.Name);
        var stranger = Backend.NewPatient();
        await lab.Begin(stranger);
        var replay = await lab.Owner();
        for (var times = 0; times < 5; times++)
        {
            await lab.Misbehave(
                replay.Name.Consultation, () => lab.Grains.Patient(stranger).AcceptReplay(new Delivery(replay, Backend.Recorder)));
        }

        var log = lab.Services.GetRequiredService<IIncidentLog>();
        var waited = Stopwatch.StartNew();
        IncidentSummary[] found;
        do
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "No near-miss was noted five times.");
            found = [.. (await log.List(open: true, 100, null)).Where(one => one.Report.Cause == replay.Name.Consultation.Name)];
        }
        while (found.Sum(one => one.Occurrences) < 5);

        var incident = Assert.Single(found);
        Assert.Equal((IncidentSource.Safeguard, 5, null), (incident.Report.Source, incident.Occurrences, incident.DueAt));
        Assert.Equal(IncidentKind.NearMiss, (await lab.Grains.Incident(incident.Report.Id).Get())!.Kind);
    }

    [Fact]
    public async Task Nothing_is_delivered_where_the_patient_never_joined()
    {
        var lab = await labs.With(Safeguard.Presence);
        var consultation = await lab.Begin(Backend.NewPatient());
        var recording = (await lab.Open(consultation, await lab.Join(consultation))).Value!.Name;
        var grain = lab.Grains.Consultation(consultation);
        await lab.Tamper<ConsultationState>("consultation", grain.GetGrainId(), grain, stored => stored with { JoinedAt = null });
        Assert.Equal(ErrorCode.PresenceRequired, await lab.Seal(recording));
    }

    [Fact]
    public async Task Refusals_are_logged_without_names()
    {
        var lab = await labs.With(Safeguard.Caller);
        var stranger = Backend.NewPatient();
        await Fault.All.First(fault => fault.RefusedBy.Contains(Safeguard.Caller)).Commit(lab, stranger);
        var written = lab.Logs.Of("Replays.Grains.Safeguards").ToList();
        Assert.Contains(written, line => line.Contains("Caller", StringComparison.Ordinal));
        Assert.DoesNotContain(written, line => line.Contains("p-", StringComparison.Ordinal));
    }

    private static async Task<(bool Listed, bool Opened)> Reach(SafeguardFixture lab, string name)
    {
        var fault = Fault.All.Single(fault => fault.Name == name);
        var stranger = Backend.NewPatient();
        return await fault.Commit(lab, stranger) is { } media ? await lab.Reach(stranger, media) : default;
    }
}
