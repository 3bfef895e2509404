using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Simulation.Histories;

namespace Replays.Simulation.Driver;

/// <summary>The app's backend and the patient drive a consultation's life. What they are answered must be stored.</summary>
internal sealed class ConsultationActions(World world)
{
    /// <param name="step">B: 0 no idempotency key, 1 to 3 one of two keys, the last with another body.</param>
    public void Book(Step step)
    {
        var patient = world.Patient(step);
        var key = (step.B % 4) switch
        {
            0 => null,
            1 => new IdempotencyKey("key-1", "body"),
            2 => new IdempotencyKey("key-2", "body"),
            _ => new IdempotencyKey("key-1", "other"),
        };
        var booking = new Booking { Clinician = new("dr-osei", "Dr Amara Osei"), ScheduledFor = world.Now };
        if (world.Call(() => world.Grains.Patient(patient).Book(booking, key, World.Backend)) is not { } entry)
            return;
        world.Require(entry.Name.Patient == patient, "Names_are_ownership", $"{entry.Name} was booked for {patient}");
        world.Require(world.Durable.Entry(entry.Name) is not null, "Acknowledged_booking_is_stored", $"{entry.Name}");
        world.Expected.Booked.Add(entry.Name);
        if (key is null)
            return;
        if (world.Expected.BookedKeys.TryGetValue((patient, key.Key), out var known) && world.Now - known.At < IdempotencyKey.Lifetime)
            world.Require(known.Consultation == entry.Name, "An_idempotency_key_books_once", $"{entry.Name} after {known.Consultation}");
        else
            world.Expected.BookedKeys[(patient, key.Key)] = (entry.Name, entry.BookedAt);
    }

    public void Start(Step step) => OnConsultation(step, (grain, _) => grain.Start(step.Mode(), World.Backend), stored =>
        world.Require(stored is { Status: not ConsultationStatus.Booked }, "Acknowledged_start_is_stored", $"{stored?.Owner}"));

    public void SwitchMode(Step step) => OnConsultation(step, (grain, _) => grain.SwitchMode(step.Mode(), World.Backend), stored =>
        world.Require(stored?.Mode == step.Mode(), "Acknowledged_switch_is_stored", $"{stored?.Owner}"));

    public void GrantConsent(Step step)
    {
        if (world.Consultation(step) is { } consultation)
            world.Expected.JoinRequested.Add(consultation);
        SetConsent(step, (grain, patient) => grain.SetConsent(step.Mode(), true, World.ActorFor(patient)), granted: true);
    }

    public void AttestConsent(Step step) => SetConsent(step, (grain, _) =>
        grain.AttestConsent(step.Mode(), step.B % 2 == 0, "dr-osei", World.Backend), granted: step.B % 2 == 0);

    public void WithdrawConsent(Step step) => SetConsent(step, (grain, patient) =>
        grain.SetConsent(step.Mode(), false, World.ActorFor(patient)), granted: false);

    public void Join(Step step)
    {
        if (world.Consultation(step) is not { } consultation)
            return;
        world.Expected.JoinRequested.Add(consultation);
        if (world.Call(() => world.Grains.Consultation(consultation).Join(World.ActorFor(consultation.Patient))) is not null)
            world.Require(world.Durable.Consultation(consultation)?.JoinedAt is not null, "Acknowledged_join_is_stored", $"{consultation}");
    }

    public void End(Step step) => OnConsultation(step, (grain, _) => grain.End(false, World.Backend), stored =>
        world.Require(stored?.Status is ConsultationStatus.Ended or ConsultationStatus.Settled,
            "Acknowledged_end_is_stored", $"{stored?.Owner}"));

    public void EndWrongPatient(Step step) => OnConsultation(step, (grain, _) => grain.End(true, World.Backend), stored =>
    {
        world.Require(stored is { WrongPatient: true }, "Acknowledged_end_is_stored", $"{stored?.Owner}");
        if (world.Consultation(step) is { } consultation)
            RequireWithdrawn(consultation, null);
    });

    public void Cancel(Step step) => OnConsultation(step, (grain, _) => grain.Cancel(World.Backend), stored =>
        world.Require(stored?.Status is ConsultationStatus.Cancelled, "Acknowledged_cancellation_is_stored", $"{stored?.Owner}"));

    private void SetConsent(Step step, Func<IConsultationGrain, PatientId, Task<Result<Consultation>>> call, bool granted) =>
        OnConsultation(step, call, stored =>
        {
            world.Require(stored?.HasConsent(step.Mode()) == granted,
                "Acknowledged_consent_is_stored", $"{stored?.Owner} {step.Mode()} {granted}");
            if (!granted && stored?.Status is ConsultationStatus.Ended or ConsultationStatus.Settled
                && world.Consultation(step) is { } consultation)
                RequireWithdrawn(consultation, step.Mode());
        });

    /// <summary>What was withdrawn after the end is neither listed nor shown when the answer comes.</summary>
    private void RequireWithdrawn(ConsultationId consultation, ConsultationMode? mode)
    {
        if (world.Durable.IsErasing(consultation.Patient))
            return;
        foreach (var replay in world.Durable.Entry(consultation)?.Replays ?? [])
        {
            if (mode is not null && replay.Mode != mode)
                continue;
            world.Require(replay.Withdrawal is not null && world.Durable.IsStopped(replay.Name),
                "Acknowledged_withdrawal_is_stored", $"{replay.Name}");
            world.Expected.Withdrawn.Add(replay.Name);
        }
    }

    private void OnConsultation(
        Step step, Func<IConsultationGrain, PatientId, Task<Result<Consultation>>> call, Action<ConsultationState?> acknowledged)
    {
        if (world.Consultation(step) is { } consultation
            && world.Call(() => call(world.Grains.Consultation(consultation), consultation.Patient)) is not null)
            acknowledged(world.Durable.Consultation(consultation));
    }
}
