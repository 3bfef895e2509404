using System.Collections.Immutable;
using CsCheck;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Histories;

/// <summary>
/// Generates histories from seeds. Most steps come in short scenes, so that histories reach the states where mistakes hurt.
/// </summary>
internal static class HistoryGenerator
{
    private static readonly Gen<int> Patient = Gen.Frequency((5, Gen.Const(0)), (3, Gen.Const(1)), (1, Gen.Const(2)));

    private static readonly Gen<int> Selector = Gen.Frequency((6, Gen.Const(0)), (3, Gen.Const(1)), (1, Gen.Const(2)));

    private static readonly Gen<int> Mode = Gen.Int[1, 2];

    private static readonly Gen<Step[]> SingleStep = Gen.Select(
        Gen.Int[0, Enum.GetValues<StepKind>().Length - 1], Patient, Selector, Gen.Int[0, 3], Mode,
        (kind, patient, a, b, mode) => new[] { new Step((StepKind)kind, patient, a, b, mode) });

    /// <summary>A call from its booking up to an open recording.</summary>
    private static readonly Gen<Step[]> Call = Gen.Select(Patient, Mode, Gen.Int[0, 3], (patient, mode, b) => new Step[]
    {
        new(StepKind.Book, patient, B: b), new(StepKind.Start, patient, Mode: mode), new(StepKind.GrantConsent, patient, Mode: mode),
        new(StepKind.Join, patient), new(StepKind.OpenRecording, patient, Mode: mode),
    });

    /// <summary>Sealing a recording that is there.</summary>
    private static readonly Gen<Step[]> Seal = Gen.Select(Patient, Selector, Selector, Mode, (patient, a, b, digest) => new Step[]
    {
        new(StepKind.AcquireSealLease, patient, a, b), new(StepKind.Deliver, patient, a, b, digest),
    });

    /// <summary>A seal or an upload that takes longer than its lease.</summary>
    private static readonly Gen<Step[]> SlowLease = Gen.Select(Call, Gen.Bool, (call, seals) => call.Concat(
    [
        new(seals ? StepKind.AcquireSealLease : StepKind.AcquireUploadLease, call[0].Patient), new(StepKind.Advance, A: 1),
        new(seals ? StepKind.Deliver : StepKind.DeclareLength, call[0].Patient),
    ]).ToArray());

    /// <summary>A delivery of which the consultation does not hear, and what may follow.</summary>
    private static readonly Gen<Step[]> LostDelivery = Gen.Select(
        Call, Gen.OneOfConst(0, 1, 1, 2), Gen.OneOfConst(FaultKind.AnswerLost, FaultKind.Delayed, FaultKind.RequestLost), Gen.Int[0, 4],
        (call, at, kind, follows) => call.Concat(
        [
            new(StepKind.AcquireSealLease, call[0].Patient), new(StepKind.Deliver, call[0].Patient) { Fault = new(kind, at) },
            .. AfterLostDelivery(call[0].Patient, call[1].Mode, follows),
        ]).ToArray());

    /// <summary>A call that the patient did not join: consent came before it, or was attested.</summary>
    private static readonly Gen<Step[]> AbsentPatient = Gen.Select(Patient, Gen.Bool, (patient, attested) => new Step[]
    {
        new(StepKind.Book, patient), new(attested ? StepKind.AttestConsent : StepKind.GrantConsent, patient), new(StepKind.Start, patient),
        new(StepKind.OpenRecording, patient), new(StepKind.AcquireSealLease, patient), new(StepKind.Deliver, patient),
    });

    private static readonly Gen<Step[]> Upload = Gen.Select(Patient, Selector, Selector, (patient, a, b) => new Step[]
    {
        new(StepKind.AcquireUploadLease, patient, a, b), new(StepKind.DeclareLength, patient, a, b),
        new(StepKind.ReleaseLease, patient, a, b),
    });

    private static readonly Gen<Step[]> Cancellation = Gen.Select(Patient, patient => new Step[]
    {
        new(StepKind.Book, patient), new(StepKind.Cancel, patient), new(StepKind.Start, patient),
    });

    private static readonly Gen<Step[]> OpenTwice = Gen.Select(Call, Gen.Bool, (call, discards) => call.SkipLast(1).Concat(
    [
        new(StepKind.OpenRecording, call[0].Patient, B: 1),
        new(discards ? StepKind.DiscardRecording : StepKind.CloseRecording, call[0].Patient),
        new(StepKind.CloseRecording, call[0].Patient), new(StepKind.OpenRecording, call[0].Patient, B: 1),
    ]).ToArray());

    private static readonly Gen<Step[]> SealedCall = Gen.Select(Call, (call) => call.Append(
        new(StepKind.AcquireSealLease, call[0].Patient)).Append(new(StepKind.Deliver, call[0].Patient)).ToArray());

    /// <summary>A second recording in the other mode, in the same call.</summary>
    private static readonly Gen<Step[]> SecondMode = Gen.Select(Patient, Selector, Mode, (patient, a, mode) => new Step[]
    {
        new(StepKind.SwitchMode, patient, a, Mode: mode), new(StepKind.GrantConsent, patient, a, Mode: mode),
        new(StepKind.OpenRecording, patient, a, Mode: mode),
    });

    private static readonly Gen<Step[]> Ending = Gen.Select(Patient, Selector, Gen.Bool, (patient, a, wrong) => new Step[]
    {
        new(wrong ? StepKind.EndWrongPatient : StepKind.End, patient, a), new(StepKind.Advance, A: 4), new(StepKind.FireReminders),
        new(StepKind.FireTimers),
    });

    private static readonly Gen<Step[]> Withdrawal = Gen.Select(Patient, Selector, Mode, (patient, a, mode) => new Step[]
    {
        new(StepKind.WithdrawConsent, patient, a, Mode: mode), new(StepKind.ListReplays, patient),
    });

    private static readonly Gen<Step[]> Reporting = Gen.Select(
        Patient, Selector, Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 1], (patient, a, b, restored, officer) => new Step[]
        {
            new(StepKind.Report, patient, a, b), new(StepKind.ListReplays, patient),
            new(restored ? StepKind.Restore : StepKind.WithdrawIncident, patient, a), new(StepKind.Approve, patient, a, officer),
            new(StepKind.Approve, patient, a, 1),
        });

    /// <summary>Two incidents that hold the same replay, or one that gets another.</summary>
    private static readonly Gen<Step[]> TwoReports = Gen.Select(Patient, Selector, Gen.Bool, (patient, a, adds) => new Step[]
    {
        new(StepKind.Report, patient), adds ? new(StepKind.AddToIncident, patient, 0, 1) : new(StepKind.Report, patient, 0, 1),
        new(StepKind.Restore, patient, a), new(StepKind.ListReplays, patient), new(StepKind.AddToIncident, patient, 0, a),
    });

    private static readonly Gen<Step[]> Erasure = Gen.Select(Patient, Gen.Bool, (patient, held) => new Step[]
    {
        new(StepKind.Book, patient),
        held ? new(StepKind.SetHold, patient) { Fault = new(FaultKind.Interleaved, 1) } : new(StepKind.LiftHold, patient),
        new(StepKind.BeginErasure, patient), new(StepKind.PublishOutbox),
        new(StepKind.Erase), new(StepKind.Advance, A: 2), new(StepKind.Erase), new(StepKind.Book, patient),
    });

    private static readonly Gen<Step[]> Quietening = Gen.Select(Gen.Int[0, 5], a => new Step[]
    {
        new(StepKind.FireTimers), new(StepKind.PublishOutbox), new(StepKind.Advance, A: a), new(StepKind.ProcessIncidents),
        new(StepKind.FireTimers),
    });

    private static readonly Gen<Step[]> Scene = Gen.Frequency(
        (8, SingleStep), (4, Call), (5, SealedCall), (3, Seal), (2, SecondMode), (2, Ending), (2, Withdrawal), (2, Reporting),
        (2, TwoReports), (1, Erasure), (2, Quietening), (1, SlowLease), (2, LostDelivery), (1, AbsentPatient), (1, OpenTwice), (1, Upload),
        (1, Cancellation));

    private static readonly Gen<int> FaultPosition =
        Gen.Frequency((5, Gen.Const(0)), (3, Gen.Const(1)), (2, Gen.Const(2)), (2, Gen.Int[3, 9]));

    private static readonly Gen<Fault?> SomeFault = Gen.Select(
        Gen.Int[0, Enum.GetValues<FaultKind>().Length - 1], FaultPosition, (kind, at) => (Fault?)new Fault((FaultKind)kind, at));

    /// <summary>How likely a step is to meet a fault, in percent: a fifth of the histories has none.</summary>
    private static readonly Gen<int> FaultRate = Gen.OneOfConst(0, 5, 15, 30, 50);

    private static readonly Gen<Step[]> History = Gen.Select(Scene.Array[4, 14], FaultRate).SelectMany((scenes, rate) =>
    {
        var steps = scenes.SelectMany(scene => scene).ToArray();
        var fault = Gen.Frequency((100 - rate, Gen.Const((Fault?)null)), (rate, SomeFault));
        return Gen.Select(fault.Array[steps.Length], Gen.Int.Array[steps.Length], (faults, routing) =>
            steps.Select((step, i) => step with { Fault = rate == 0 ? null : step.Fault ?? faults[i], Routing = routing[i] }).ToArray());
    });

    private static Step[] AfterLostDelivery(int patient, int mode, int follows) => follows switch
    {
        0 => [new(StepKind.Deliver, patient, Mode: 1)],
        1 => [new(StepKind.End, patient), new(StepKind.Advance, A: 4), new(StepKind.FireReminders), new(StepKind.DeliverDelayed)],
        2 => [new(StepKind.WithdrawConsent, patient, Mode: mode), new(StepKind.DeliverDelayed)],
        3 => [new(StepKind.DiscardRecording, patient), new(StepKind.DeliverDelayed)],
        _ => [new(StepKind.Deliver, patient), new(StepKind.Deliver, patient)],
    };

    public static ImmutableArray<Step> Generate(int seed) => [.. History.Generate(new PCG(1, (ulong)seed), null, out _)];
}
