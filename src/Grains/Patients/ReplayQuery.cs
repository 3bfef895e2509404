using System.Collections.Immutable;
using Replays.Grains.Consultations;

namespace Replays.Grains.Patients;

/// <summary>Which of the patient's replays to list, newest first.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-query")]
public sealed record ReplayQuery
{
    /// <summary>1 to 100.</summary>
    [Id(0)]
    public required int Limit { get; init; }

    /// <summary>Where the page before ended (exclusive); null: from the newest.</summary>
    [Id(1)]
    public LedgerCursor? After { get; init; }

    [Id(2)]
    public ConsultationMode? Mode { get; init; }

    /// <summary>Recorded at this time or later.</summary>
    [Id(3)]
    public DateTimeOffset? From { get; init; }

    /// <summary>Recorded before this time.</summary>
    [Id(4)]
    public DateTimeOffset? To { get; init; }

    /// <summary>Only consultations of this clinician.</summary>
    [Id(5)]
    public string? ClinicianId { get; init; }
}

/// <summary>A place in a patient's ledger: everything listed so far is at or above it.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-cursor")]
public readonly record struct LedgerCursor([property: Id(0)] int Number, [property: Id(1)] int Ordinal);

/// <summary>A replay with what the ledger knows of its consultation.</summary>
[GenerateSerializer, Immutable, Alias("replays.listed-replay")]
public sealed record ListedReplay([property: Id(0)] Replay Replay, [property: Id(1)] Booking Booking);

/// <summary>Up to <see cref="ReplayQuery.Limit"/> replays; fewer, even none, may come while <see cref="Next"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-page")]
public sealed record ReplayPage([property: Id(0)] ImmutableArray<ListedReplay> Items, [property: Id(1)] LedgerCursor? Next);

/// <summary>The ledger's summaries, newest first.</summary>
[GenerateSerializer, Immutable, Alias("replays.ledger-slice")]
public sealed record LedgerSlice([property: Id(0)] ImmutableArray<LedgerEntry> Items, [property: Id(1)] LedgerCursor? Next);

/// <summary>What it takes to read a replay's media: the reference, and the data key as the list owner's own key unwrapped it.</summary>
[GenerateSerializer, Immutable, Alias("replays.replay-media")]
public sealed record ReplayMedia([property: Id(0)] ListedReplay Listed, [property: Id(1)] byte[] DataKey);
