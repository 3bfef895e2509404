namespace Replays.Grains.OwnershipAudit;

/// <summary>Keeps the reminder. Its name contains the period, so that another silo's start does not postpone the next audit.</summary>
[GrainType("ownership-audit")]
internal sealed class OwnershipAuditGrain(IOwnershipAudits audits) : Grain, IOwnershipAuditGrain, IRemindable
{
    public async Task Schedule(TimeSpan period, TimeSpan delay)
    {
        var name = $"every {(long)period.TotalSeconds} s";
        var reminders = await this.GetReminders();
        foreach (var other in reminders.Where(reminder => reminder.ReminderName != name))
            await this.UnregisterReminder(other);
        if (reminders.All(reminder => reminder.ReminderName != name))
            await this.RegisterOrUpdateReminder(name, delay, period);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        audits.Begin();
        return Task.CompletedTask;
    }
}
