using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Identity;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>The grain states that an audit has rules for: their names, their keys, and how they are read.</summary>
internal sealed class StoredStates(Serializer serializer)
{
    public const string Head = "ledger-header", Consultation = "consultation";

    public readonly Serializer<LedgerHeader> Heads = serializer.GetSerializer<LedgerHeader>();
    public readonly Serializer<LedgerPage> Pages = serializer.GetSerializer<LedgerPage>();
    public readonly Serializer<ConsultationState> Consultations = serializer.GetSerializer<ConsultationState>();
    public readonly Serializer<TrailHead> TrailHeads = serializer.GetSerializer<TrailHead>();
    public readonly Serializer<TrailPage> TrailPages = serializer.GetSerializer<TrailPage>();
    public readonly Serializer<IncidentState> Incidents = serializer.GetSerializer<IncidentState>();

    /// <exception cref="Exception">Whatever a payload does to the serializer.</exception>
    public static T Read<T>(Serializer<T> serializer, byte[] payload) where T : class =>
        serializer.Deserialize(payload) ?? throw new FormatException("The payload holds nothing.");

    /// <summary>Whose row it is and which of theirs, by its key; false: no grain reads such a key.</summary>
    /// <param name="row">The row.</param>
    /// <param name="collection">What stands between the patient and the number; null where the key is the patient's name alone.</param>
    /// <param name="own">The patient and the number.</param>
    public static bool TryKey(StateRow row, string? collection, out PatientRow<NumberedRow> own)
    {
        own = default;
        if (row.N0 != 0 || row.N1 != 0)
            return false;
        Span<Range> parts = stackalloc Range[5];
        var key = row.Key.AsSpan();
        if (key.Split(parts, '/') != (collection is null ? 2 : 4) || key[parts[0]] is not "patients" || !PatientId.TryCreate(row.Key[parts[1]], out var patient))
            return false;
        var number = 0;
        if (collection is not null && (!key[parts[2]].SequenceEqual(collection) || !TryNumber(row.Key[parts[3]], collection, out number)))
            return false;
        own = new(patient, new(row.Key, number, row.Payload));
        return true;
    }

    private static bool TryNumber(string text, string collection, out int number) =>
        ResourceName.TryParseNumber(text, out number) || text == "0" && collection != "consultations";
}

/// <summary>A stored row and its number under its patient's name.</summary>
internal readonly record struct NumberedRow(string Key, int Number, byte[]? Payload);
