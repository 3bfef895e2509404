using System.Collections.Immutable;
using Replays.Grains;
using Replays.Grains.AuditTrail;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes in the rules of incidents and audit trails.</summary>
internal static class IncidentBugs
{
    public static IEnumerable<PlantedBug> All =>
    [
        PlantedBug.InRules<IncidentRules, OneOfficerSuffices>("One officer both withdraws and approves"),
        PlantedBug.InRules<IncidentRules, NothingQuarantined>("Recordings are added to an incident without a quarantine"),
        PlantedBug.InRules<IncidentRules, LedgerNotUpdated>("An incident's withdrawal does not reach the ledger"),
        PlantedBug.InRules<IncidentRules, KeyKept>("An approval destroys no key"),
        PlantedBug.InRules<IncidentRules, ResolvesTwice>("A resolution can be replaced by another"),
        PlantedBug.InRules<IncidentRules, NoAuditEntries>("An incident's steps reach no audit trail"),
        PlantedBug.InRules<AuditTrailRules, ContentKept>("An erasure leaves what the trail says"),
    ];

    private sealed class OneOfficerSuffices : IncidentRules
    {
        public override Decision<IncidentState> Approve(IncidentState state, bool hasLegalHold, Actor by, DateTimeOffset now)
        {
            var decision = base.Approve(state, hasLegalHold, new("anybody", by.Role), now);
            return decision.Next.Resolution is { ApprovedBy: not null } resolution
                ? decision with { Next = decision.Next with { Resolution = resolution with { ApprovedBy = by } } }
                : decision;
        }
    }

    private sealed class NothingQuarantined : IncidentRules
    {
        public override Decision<IncidentState> AddRecordings(
            IncidentState state, ImmutableArray<RecordingId> recordings, string reason, Actor by, DateTimeOffset now) =>
            base.AddRecordings(state, recordings, reason, by, now) with { Before = [] };
    }

    private sealed class LedgerNotUpdated : IncidentRules
    {
        public override ImmutableArray<Effect> EffectsOf(IncidentStep step, ImmutableArray<RecordingId> recordings) =>
            [.. base.EffectsOf(step, recordings).Where(effect => effect is not WithdrawFromLedger)];
    }

    private sealed class KeyKept : IncidentRules
    {
        public override ImmutableArray<Effect> EffectsOf(IncidentStep step, ImmutableArray<RecordingId> recordings) =>
            [.. base.EffectsOf(step, recordings).Where(effect => effect is not DestroyDataKey)];
    }

    private sealed class ResolvesTwice : IncidentRules
    {
        public override Decision<IncidentState> Resolve(
            IncidentState state, IncidentOutcome outcome, string note, Actor by, DateTimeOffset now) =>
            base.Resolve(state.Resolution?.Outcome == outcome ? state : state with { Resolution = null }, outcome, note, by, now);
    }

    private sealed class NoAuditEntries : IncidentRules
    {
        public override IEnumerable<PatientId> PatientsOf(IncidentSummary summary, IncidentStep? step = null) => [];
    }

    private sealed class ContentKept : AuditTrailRules
    {
        public override TrailPage EraseContent(TrailPage page) => page;
    }
}
