using System.Collections.Immutable;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Simulation.Driver;

namespace Replays.Simulation.Invariants;

/// <summary>Every change carries its audit entry, and no entry leaves an outbox before its trail has it.</summary>
internal sealed class AuditInvariants(World world)
{
    /// <returns>The entries that came with this change.</returns>
    public List<AuditEntry> CheckOutbox(PatientId patient, ImmutableArray<AuditEntry> before, ImmutableArray<AuditEntry> after)
    {
        foreach (var entry in before)
        {
            if (!world.Expected.ErasureBegun.Contains(patient) && after.All(one => one.Id != entry.Id))
                world.Require(world.Trails.Contains(patient.Name, entry.Id),
                    "No_audit_entry_is_lost", $"{entry.Kind} of {entry.Subject} left its outbox");
        }
        var added = after.Where(entry => before.All(one => one.Id != entry.Id)).ToList();
        foreach (var entry in added)
            world.Expected.AuditEntries[entry.Id] = (patient, entry);
        return added;
    }

    public void RequireEntry(List<AuditEntry> added, string kind, string subject) => world.Require(
        added.Count(entry => entry.Kind == kind && entry.Subject == subject) == 1,
        "Every_change_carries_its_audit_entry", $"{kind} of {subject}");

    /// <summary>When an erasure completes, the trail says nothing more than that there was one.</summary>
    public void CheckErased(PatientId patient)
    {
        for (var number = 0; world.Durable.TrailPage(patient, number) is { } page; number++)
        {
            world.Require(page.Entries.All(entry => entry.Content is null || AuditEntryKinds.IsErasure(entry.Content)
                || entry.RecordedAt >= world.Now.ToUnixTimeMilliseconds()), "Erasure_destroys_what_the_trail_says", $"{patient}");
        }
    }

    /// <summary>Whether the change that an entry records is stored: in an outbox, or as an incident's step.</summary>
    private bool IsStored(AuditEntry entry) =>
        world.Expected.AuditEntries.ContainsKey(entry.Id)
        || world.Tables.AuditOutbox.Any(row => row.Entry.Id == entry.Id)
        || entry.Detail?.StartsWith("incident ", StringComparison.Ordinal) is true;

    private static bool IsSame(ChainedEntry before, ChainedEntry after) =>
        before.Id == after.Id && before.Hash.AsSpan().SequenceEqual(after.Hash);

    public void CheckTrailPage(TrailPage? before, TrailPage? after)
    {
        if (after is null)
        {
            world.Require(false, "Trails_only_grow", $"page {before?.Number} of {before?.Owner} is gone");
            return;
        }
        world.Require(before is null || before.Entries.Length <= after.Entries.Length
            && before.Entries.Zip(after.Entries).All(pair => IsSame(pair.First, pair.Second)),
            "Trails_only_grow", $"page {after.Number} of {after.Owner}");
        foreach (var entry in world.Trails.FindNew(before, after))
        {
            world.Require(world.Trails.Add(after.Owner, entry), "No_audit_entry_twice", $"{entry.Kind} in the trail of {after.Owner}");
            world.Require(IsStored(entry), "Only_what_is_stored_reaches_the_trail", $"{entry.Kind} of {entry.Subject}");
        }
    }
}
