using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;
using Replays.Grains.Safeguards;
using ErrorCode = Replays.Grains.ErrorCode;

namespace Replays.Simulation.PlantedBugs;

/// <summary>Mistakes in the rules of recordings and their delivery.</summary>
internal static class RecordingBugs
{
    public static IEnumerable<PlantedBug> All =>
    [
        PlantedBug.InRules<ConsultationRules, DeliveryWithoutLease>("A delivery without the seal's lease is accepted"),
        PlantedBug.InRules<ConsultationRules, AnyConsentCounts>("Consent for one mode counts for the other"),
        PlantedBug.InRules<ConsultationRules, DeliveryDropsOutbox>("A completed delivery drops unpublished audit entries"),
        PlantedBug.InRules<ConsultationRules, NoReminder>("A recording is opened without a reminder"),
        PlantedBug.InRules<ConsultationRules, ConflictCountsAsDelivered>("A delivery that conflicts counts as delivered"),
        PlantedBug.InRules<ConsultationRules, DiscardsSealed>("A sealed recording can be discarded"),
        PlantedBug.InRules<ConsultationRules, UploadWithoutToken>("An upload needs no token"),
        PlantedBug.InRules<ConsultationRules, LengthWithoutLease>("A length is declared without a lease"),
        PlantedBug.InRules<ConsultationRules, ReopensClosed>("Closing a discarded recording revives it"),
        PlantedBug.InRules<ConsultationRules, RetriesWithoutConsent>("A retried delivery does not check consent again"),
        PlantedBug.InRules<ConsultationRules, SecondRecordingOpens>("A second recording opens beside an open one"),
        PlantedBug.InRules<ConsultationRules, OpenKeyIgnored>("A recorder's idempotency key is ignored"),
        PlantedBug.InRules<ConsultationRules, DropsKeyEarly>("A data key is dropped before the recording is sealed"),
    ];

    private sealed class DeliveryWithoutLease(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareDelivery(
            ConsultationState state, int ordinal, VerifiedMedia media, bool ownsSealLease, DateTimeOffset now) =>
            base.PrepareDelivery(state, ordinal, media, true, now);
    }

    private sealed class AnyConsentCounts(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request)
        {
            var consent = state.HasConsent(ConsultationMode.Audio) ? state.Audio : state.Video;
            var decision = base.PrepareRecording(state with { Audio = consent, Video = consent }, request);
            return decision with { Next = state };
        }
    }

    private sealed class DeliveryDropsOutbox(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CompleteDelivery(
            ConsultationState state, RecordingState verified, DeliveryResult result)
        {
            var decision = base.CompleteDelivery(state, verified, result);
            return decision with { Next = decision.Next with { Outbox = [] } };
        }
    }

    private sealed class NoReminder(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request)
        {
            var decision = base.PrepareRecording(state, request);
            return decision with { Before = [.. decision.Before.Where(one => one is not RegisterReminder)] };
        }
    }

    private sealed class ConflictCountsAsDelivered(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CompleteDelivery(
            ConsultationState state, RecordingState verified, DeliveryResult result) =>
            base.CompleteDelivery(state, verified, result is DeliveryResult.Conflict ? DeliveryResult.Accepted : result);
    }

    private sealed class DiscardsSealed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> DiscardRecording(Reconciled reconciled, int ordinal, Actor by) =>
            reconciled.State.Recording(ordinal) is { Status: RecordingStatus.Available } recording
                ? base.DiscardRecording(
                    new(reconciled.State.WithRecording(recording with { Status = RecordingStatus.Closed })), ordinal, by)
                : base.DiscardRecording(reconciled, ordinal, by);
    }

    private sealed class UploadWithoutToken(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override ErrorCode ValidateUpload(ConsultationState state, int ordinal, string uploadToken, DateTimeOffset now) =>
            base.ValidateUpload(state, ordinal, state.Recording(ordinal)?.UploadToken ?? uploadToken, now);
    }

    private sealed class LengthWithoutLease(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> DeclareLength(ConsultationState state, int ordinal, long length, bool ownsLease) =>
            base.DeclareLength(state, ordinal, length, true);
    }

    private sealed class ReopensClosed(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> CloseRecording(ConsultationState state, int ordinal) =>
            state.Recording(ordinal) is { Status: RecordingStatus.Discarded } recording
                ? new(state.WithRecording(recording with { Status = RecordingStatus.Closed }))
                : base.CloseRecording(state, ordinal);
    }

    private sealed class RetriesWithoutConsent(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override ImmutableArray<RecordingState> PendingDeliveries(ConsultationState state, DateTimeOffset now) =>
            [.. state.Recordings.Where(one => one.Media is not null && one.Status is RecordingStatus.Closed or RecordingStatus.Discarded)];
    }

    private sealed class SecondRecordingOpens(IOptions<ReplaysOptions> options, EnabledSafeguards enabled)
        : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> PrepareRecording(ConsultationState state, OpenRecordingRequest request) =>
            base.PrepareRecording(state, request) is { Error: ErrorCode.RecordingOpen }
                ? new(state)
                : base.PrepareRecording(state, request);
    }

    private sealed class OpenKeyIgnored(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override RecordingState? FindByIdempotencyKey(ConsultationState state, IdempotencyKey key, DateTimeOffset now) => null;
    }

    private sealed class DropsKeyEarly(IOptions<ReplaysOptions> options, EnabledSafeguards enabled) : ConsultationRules(options, enabled)
    {
        public override Decision<ConsultationState> OpenRecording(
            ConsultationState state, OpenRecordingRequest request, CreatedMedia created, Actor by, DateTimeOffset now) =>
            base.OpenRecording(state, request, created with { WrappedKey = [] }, by, now);
    }
}
