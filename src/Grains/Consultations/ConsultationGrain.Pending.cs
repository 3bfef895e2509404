using System.Diagnostics.Metrics;
using Replays.Grains.AuditTrail;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;

namespace Replays.Grains.Consultations;

/// <summary>Work without a caller: finishes deliveries, passes on withdrawals and audit entries, settles the consultation.</summary>
internal sealed partial class ConsultationGrain
{
    private const string Reminder = "settle";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromHours(1), RetryPeriod = TimeSpan.FromSeconds(5);

    private static readonly Counter<long> Deliveries =
        Telemetry.Meter.CreateCounter<long>("replays.deliveries", "{delivery}", "Deliveries to patients, by result.");

    private static readonly Counter<long> Retries =
        Telemetry.Meter.CreateCounter<long>("replays.delivery.retries", "{delivery}", "Deliveries that the consultation retried.");

    // Starts at zero: an increase is visible only on a series that exists.
    static ConsultationGrain()
    {
        foreach (var result in Enum.GetNames<DeliveryResult>())
            Deliveries.Add(0, new KeyValuePair<string, object?>("result", result));
        Retries.Add(0);
    }

    private readonly HashSet<Guid> _published = [];
    private ConsultationStatus? _reportedStatus;
    private IGrainTimer? _timer;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await Reload(); // another activation may have opened a recording since
        if (await Load() is { } state && rules.IsAbandoned(state, Now))
            await End(wrongPatient: false, Actor.System, CancellationToken.None);
        await ProcessPending();
        if (!rules.NeedsReminder(stored.State))
            await Run(new UnregisterReminder());
    }

    private void ScheduleWork() =>
        _timer ??= this.RegisterGrainTimer(OnTimer, new() { DueTime = TimeSpan.Zero, Period = RetryPeriod, KeepAlive = true });

    private async Task OnTimer()
    {
        await ProcessPending();
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>The timer and the reminder retry what fails.</summary>
    private async Task ProcessPending()
    {
        if (!stored.RecordExists)
            return;
        await Reconcile(stored.State, []);
        await Run(new ReportStatus(stored.State.Status));
        foreach (var verified in rules.PendingDeliveries(stored.State, Now))
        {
            Retries.Add(1);
            await Deliver(verified, Actor.System, CancellationToken.None);
        }
        foreach (var effect in rules.Withdrawals(stored.State))
            await Run(effect);
        await PublishAuditEntries();
        if (!rules.IsUploadDeadlinePassed(stored.State, Now))
            return;
        await Apply(rules.BeginSettling(stored.State));
        await Apply(rules.Settle(await Reconcile(stored.State, [])));
        await PublishAuditEntries();
    }

    private async Task<Result<Recording>> Deliver(RecordingState verified, Actor by, CancellationToken cancellation)
    {
        var result = await Patient.AcceptReplay(new Delivery(verified.ToReplay(_id), by), cancellation);
        Deliveries.Add(1, new KeyValuePair<string, object?>("result", result.ToString()));
        var decision = rules.CompleteDelivery(stored.State, verified, result);
        stored.State = decision.Next;
        _isReconciled &= result is not DeliveryResult.Conflict;
        return decision.Error is ErrorCode.None ? Snapshot(verified.Ordinal) : decision.Error;
    }

    private async Task<Reconciled> Reconcile(ConsultationState state, ImmutableArray<int> discards)
    {
        if (!state.Recordings.Any(r => r.IsUnsealed))
            return new(state);
        var entry = discards.IsEmpty
            ? await Patient.ReadEntry(new LedgerQuery(_id))
            : await Patient.RejectDeliveries(new RejectDeliveries(_id, discards));
        _isReconciled = entry is not null;
        var reconciled = rules.Reconcile(state, entry);
        stored.State = reconciled.State;
        return reconciled;
    }

    private Task Run(Effect effect) => effect switch
    {
        ReportStatus report => ReportStatus(report.Status),
        RegisterReminder => this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod),
        UnregisterReminder => RemoveReminder(),
        WithdrawFromList withdrawal => Withdraw(withdrawal),
        MarkWithdrawalsDone => Apply(rules.CompleteWithdrawals(stored.State)),
        PublishOutbox => PublishAuditEntries(),
        DeleteMedia deletion => media.Delete(deletion.ObjectKey, CancellationToken.None),
        _ => throw new InvalidOperationException($"ConsultationGrain cannot run the effect {effect.GetType().Name}."),
    };

    /// <summary>Always from consultation to patient: calls in both directions deadlock.</summary>
    private async Task ReportStatus(ConsultationStatus status)
    {
        if (_reportedStatus != status && await Patient.ReportStatus(new StatusReport(_id, status)))
            _reportedStatus = status;
    }

    private async Task RemoveReminder()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    /// <summary>Stops the replays wherever they play, then withdraws them from the list. If the wrong patient was in the call, one incident opens.</summary>
    private async Task Withdraw(WithdrawFromList withdrawal)
    {
        var (mode, reason, by) = withdrawal.Withdrawal;
        if (reason is ConsultationRules.WrongPatient)
            await stops.Quarantine(IncidentReport.ForWrongPatient(_id, by, withdrawal.Recordings, Now), evenIfQuarantined: true);
        else
            await stops.Withdraw(withdrawal.Recordings, by, reason);
        await Patient.WithdrawReplays(new WithdrawReplays(_id, mode, reason, by));
    }

    private async Task PublishAuditEntries()
    {
        var unpublished = stored.State.Outbox.RemoveAll(entry => _published.Contains(entry.Id));
        if (unpublished.IsEmpty)
            return;
        await grains.AuditTrail(_id.Patient).Append(unpublished);
        _published.UnionWith(unpublished.Select(entry => entry.Id));
    }
}
