using Orleans.Serialization;
using Replays.Data.OwnershipAudit;
using Replays.Grains.AuditTrail;
using Replays.Grains.Consultations;
using Replays.Grains.Incidents;
using Replays.Grains.Patients;

namespace Replays.Silo.OwnershipAudit;

/// <summary>The names, keys and serializers of the grain states that an ownership audit checks.</summary>
internal sealed class StoredStates(Serializer serializer)
{
    public const string Header = "ledger-header", Consultation = "consultation";

    public readonly Serializer<LedgerHeader> Headers = serializer.GetSerializer<LedgerHeader>();
    public readonly Serializer<LedgerPage> Pages = serializer.GetSerializer<LedgerPage>();
    public readonly Serializer<ConsultationState> Consultations = serializer.GetSerializer<ConsultationState>();
    public readonly Serializer<TrailHead> TrailHeads = serializer.GetSerializer<TrailHead>();
    public readonly Serializer<TrailPage> TrailPages = serializer.GetSerializer<TrailPage>();
    public readonly Serializer<IncidentState> Incidents = serializer.GetSerializer<IncidentState>();

    /// <exception cref="Exception">The payload is invalid. The serializer throws various types.</exception>
    public static T Read<T>(Serializer<T> serializer, byte[] payload) where T : class =>
        serializer.Deserialize(payload) ?? throw new FormatException("The payload contains no state.");

    /// <summary>Returns null if the payload is invalid.</summary>
    public static T? TryRead<T>(Serializer<T> serializer, byte[] payload) where T : class
    {
        try
        {
            return Read(serializer, payload);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Parses a row's key into patient and number. Returns false if no grain uses such a key.</summary>
    /// <param name="collection">The key segment between patient and number; null if the key is just the patient's name.</param>
    public static bool TryParseKey(StateRow row, string? collection, out PatientRow<NumberedRow> parsed)
    {
        parsed = default;
        if (row.N0 != 0 || row.N1 != 0)
            return false;
        Span<Range> parts = stackalloc Range[5];
        var key = row.Key.AsSpan();
        if (key.Split(parts, '/') != (collection is null ? 2 : 4) || key[parts[0]] is not "patients"
            || !PatientId.TryCreate(row.Key[parts[1]], out var patient))
            return false;
        var number = 0;
        if (collection is not null
            && (!key[parts[2]].SequenceEqual(collection) || !TryParseNumber(row.Key[parts[3]], collection, out number)))
            return false;
        parsed = new(patient, new(row.Key, number, row.Payload));
        return true;
    }

    private static bool TryParseNumber(string text, string collection, out int number) =>
        ResourceName.TryParseNumber(text, out number) || text == "0" && collection != "consultations";
}

/// <summary>A row with its number below the patient's name.</summary>
internal readonly record struct NumberedRow(string Key, int Number, byte[]? Payload);
