namespace Replays.Grains.OwnershipAudit;

/// <summary>Keeps the reminder. The reminder's name holds its period, so that another silo's start does not put the next audit off.</summary>
[GrainType("ownership-audit")]
internal sealed class OwnershipAuditGrain(IOwnershipAudits audits) : Grain, IOwnershipAuditGrain, IRemindable
{
    public async Task Schedule(TimeSpan every, TimeSpan firstAfter)
    {
        var name = $"every {(long)every.TotalSeconds} s";
        var there = await this.GetReminders();
        foreach (var other in there.Where(reminder => reminder.ReminderName != name))
            await this.UnregisterReminder(other);
        if (there.All(reminder => reminder.ReminderName != name))
            await this.RegisterOrUpdateReminder(name, firstAfter, every);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        audits.Begin();
        return Task.CompletedTask;
    }
}
