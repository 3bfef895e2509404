using Replays.Grains;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Patients;
using Replays.Simulation.Faults;
using Replays.Simulation.Histories;
using Replays.Simulation.Runtime;

namespace Replays.Simulation.Driver;

/// <summary>The recorder: opens recordings, holds leases, seals.</summary>
internal sealed class RecordingActions(World world)
{
    /// <summary>Opens a recording.</summary>
    /// <param name="step">B: 1 with an idempotency key; Mode: what the recorder believes, where B is 2.</param>
    public void Open(Step step)
    {
        if (world.Consultation(step) is not { } consultation)
            return;
        var request = new OpenRecordingRequest
        {
            ContentType = step.Mode() is ConsultationMode.Audio ? "audio/mp4" : "video/mp4",
            Mode = step.B % 4 == 2 ? step.Mode() : null,
            IdempotencyKey = step.B % 4 == 1 ? new("open", "body") : null,
        };
        if (world.Call(() => world.Grains.Consultation(consultation).OpenRecording(request, World.Recorder)) is { } recording)
        {
            world.Require(world.Durable.Recording(recording.Name) is not null, "Acknowledged_recording_is_stored", $"{recording.Name}");
            world.Require(request.Mode is null || request.Mode == recording.Mode,
                "A_recording_is_in_the_requested_mode", $"{recording.Name}");
        }
    }

    public void Close(Step step)
    {
        if (world.Recording(step) is { } recording
            && world.Call(() => Grain(recording).CloseRecording(recording.Ordinal, World.Recorder)) is not null)
        {
            world.Require(
                world.Durable.Recording(recording) is { Status: not RecordingStatus.Open } || world.Durable.Replay(recording) is not null,
                "Acknowledged_closing_is_stored", $"{recording}");
        }
    }

    public void Discard(Step step)
    {
        if (world.Recording(step) is not { } recording)
            return;
        world.Expected.DiscardRequested.Add(recording);
        if (world.Call(() => Grain(recording).DiscardRecording(recording.Ordinal, World.Recorder)) is not null)
            world.Require(world.Durable.Recording(recording)?.Status is RecordingStatus.Discarded,
                "Acknowledged_discard_is_stored", $"{recording}");
    }

    public void AcquireUploadLease(Step step)
    {
        if (world.Recording(step) is not { } recording || world.Durable.Recording(recording) is not { } stored)
            return;
        var isForged = step.Routing % 4 == 0;
        var lease = world.Call(() => Grain(recording).AcquireUploadLease(recording.Ordinal, isForged ? "forged" : stored.UploadToken));
        world.Require(lease is null || !isForged, "Nothing_is_uploaded_without_its_token", $"{recording}");
        world.Require(lease is null || stored.Media is null || HasSecondActivation(recording),
            "What_is_frozen_takes_no_upload", $"{recording}");
        AddLease(recording, lease, seals: false);
    }

    public void AcquireSealLease(Step step)
    {
        if (world.Recording(step) is { } recording)
            AddLease(recording, world.Call(() => Grain(recording).AcquireSealLease(recording.Ordinal)), seals: true);
    }

    public void RenewLease(Step step)
    {
        if (FindLease(step, newest: true) is { } lease
            && world.TryCall(() => Grain(lease.Recording).RenewLease(lease.Recording.Ordinal, lease.Id), out var isRenewed) && isRenewed)
            lease.RenewedAt = world.Now;
    }

    public void ReleaseLease(Step step)
    {
        if (FindLease(step, newest: true) is not { } lease)
            return;
        if (world.TryCall(() => Grain(lease.Recording).ReleaseLease(lease.Recording.Ordinal, lease.Id))
            && world.Cluster.LastTarget == lease.GrantedBy)
            lease.IsOver = true;
    }

    public void DeclareLength(Step step)
    {
        if (FindLease(step, newest: step.B % 2 == 0) is not { } lease)
            return;
        if (IsHeld(lease))
            world.Expected.DeclaredLengths.Add((lease.Recording, 1000 + step.A));
        world.Call(() => Grain(lease.Recording).DeclareLength(lease.Recording.Ordinal, lease.Id, 1000 + step.A));
    }

    /// <summary>Delivers with the newest lease, or with another one, expired, given back or not for sealing.</summary>
    public void Deliver(Step step, bool withNewestLease)
    {
        if (world.Recording(step) is not { } recording)
            return;
        var lease = FindLease(step, withNewestLease);
        var media = new VerifiedMedia { DurationSeconds = 60, SizeBytes = 1000, Sha256 = step.Mode == 1 ? "digest-b" : "digest-a" };
        if (lease is not null && lease.Recording == recording && IsCurrent(lease))
            world.Expected.AuthorizedDeliveries.Add((recording, media.Sha256));
        var wasUnsealed = world.Durable.Recording(recording) is { Media: null };
        if (world.Call(() => Grain(recording).Deliver(recording.Ordinal, lease?.Id ?? Guid.Empty, media, World.Recorder)) is not null)
        {
            world.Require(world.Durable.Replay(recording)?.Sha256 == media.Sha256 || world.Durable.IsErasing(recording.Patient)
                || world.Expected.ErasureBegun.Contains(recording.Patient), "Acknowledged_delivery_is_stored", $"{recording}");
        }
        else if (wasUnsealed && world.Outcome == nameof(TimeoutException) && DeliveryTimedOut())
        {
            world.Require(world.Durable.Recording(recording)?.Media is not null || HasSecondActivation(recording),
                "What_was_verified_is_delivered_later", $"{recording}");
        }
    }

    private void AddLease(RecordingId recording, MediaLease? lease, bool seals)
    {
        if (lease is null)
            return;
        world.Require(lease.Recording == recording, "Names_are_ownership", $"a lease of {lease.Recording} for {recording}");
        if (!HasSecondActivation(recording))
        {
            world.Require(world.Durable.Recording(recording) is { Status: RecordingStatus.Open or RecordingStatus.Closed }
                && (seals || world.Durable.Replay(recording) is null), "Only_what_is_unsealed_is_leased", $"{recording}");
            world.Require(!world.IsUploadDeadlinePassed(recording.Consultation), "No_lease_after_the_upload_deadline", $"{recording}");
        }
        foreach (var other in world.Expected.Leases.Where(one => one.Recording == recording && !one.IsOver))
        {
            if (other.GrantedBy != world.Cluster.LastTarget)
                continue;
            world.Require(world.Now - other.RenewedAt >= MediaLease.Lifetime, "One_holder_at_a_time", $"two leases of {recording}");
            other.IsOver = true;
        }
        world.Expected.Leases.Add(new(recording, lease.Id, seals, world.Cluster.LastTarget!) { RenewedAt = world.Now });
    }

    private LeaseRecord? FindLease(Step step, bool newest)
    {
        if (world.Recording(step) is not { } recording)
            return null;
        var own = world.Expected.Leases.Where(lease => lease.Recording == recording).ToList();
        if (newest || own.Count == 0)
            return own.LastOrDefault();
        return own[(step.Routing & int.MaxValue) % own.Count];
    }

    private bool IsCurrent(LeaseRecord lease) =>
        lease.Seals && IsHeld(lease) && !world.IsUploadDeadlinePassed(lease.Recording.Consultation);

    /// <summary>Whether the consultation's delivery was answered with a timeout, so that it does not know what came of it.</summary>
    private bool DeliveryTimedOut() =>
        world.Cluster.Faults is { HitKind: FaultKind.RequestLost or FaultKind.AnswerLost or FaultKind.Delayed, Hit: { } hit }
        && hit.StartsWith(nameof(IPatientGrain.AcceptReplay), StringComparison.Ordinal);

    private bool HasSecondActivation(RecordingId recording) =>
        world.Cluster.HasSecondActivation(GrainTypes.IdOf<IConsultationGrain>(recording.Consultation.Name))
        || world.Cluster.HasSecondActivation(GrainTypes.IdOf<IPatientGrain>(recording.Patient.Name));

    private bool IsHeld(LeaseRecord lease) =>
        !lease.IsOver && !lease.GrantedBy.IsDead && world.Now - lease.RenewedAt < MediaLease.Lifetime;

    private IConsultationGrain Grain(RecordingId recording) => world.Grains.Consultation(recording.Consultation);
}
