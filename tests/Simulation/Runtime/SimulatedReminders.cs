using Orleans.Runtime;
using Orleans.Timers;
using Replays.Simulation.Faults;

namespace Replays.Simulation.Runtime;

/// <summary>Durable reminders. The driver fires those that are due.</summary>
internal sealed class SimulatedReminders(SimulatedClock clock, FaultInjector faults) : IReminderRegistry
{
    private readonly Dictionary<(GrainId Grain, string Name), Reminder> _reminders = [];

    public IEnumerable<Reminder> All => _reminders.Values;

    public List<Reminder> FindDue() => [.. _reminders.Values.Where(reminder => reminder.Due <= clock.GetUtcNow())
        .OrderBy(reminder => reminder.Due).ThenBy(reminder => reminder.Grain)];

    public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        Task.FromResult(faults.Around(EffectKind.Database, $"register reminder of {callingGrainId.Key}", () =>
            (IGrainReminder)(_reminders[(callingGrainId, reminderName)] =
                new Reminder(callingGrainId, reminderName, period) { Due = clock.GetUtcNow() + dueTime })));

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) =>
        Task.FromResult(faults.Around(EffectKind.Database, $"unregister reminder of {callingGrainId.Key}", () =>
            _reminders.Remove((callingGrainId, reminder.ReminderName))));

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        Task.FromResult<IGrainReminder?>(_reminders.GetValueOrDefault((callingGrainId, reminderName)));

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        Task.FromResult(_reminders.Values.Where(reminder => reminder.Grain == callingGrainId).ToList<IGrainReminder>());

    internal sealed class Reminder(GrainId grain, string name, TimeSpan period) : IGrainReminder
    {
        public GrainId Grain => grain;

        public string ReminderName => name;

        public TimeSpan Period => period;

        public DateTimeOffset Due { get; set; }
    }
}
