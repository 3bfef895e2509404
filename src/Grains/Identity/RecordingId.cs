using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Replays.Grains.Identity;

/// <summary>A recording's name, <c>patients/{patient}/consultations/{number}/recordings/{ordinal}</c>: it contains its patient.</summary>
/// <remarks><c>default</c> is invalid: every use of it throws.</remarks>
[JsonConverter(typeof(ResourceNameJsonConverter<RecordingId>))]
public readonly record struct RecordingId : IResourceName<RecordingId>
{
    private readonly int _ordinal;

    internal RecordingId(ConsultationId consultation, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ordinal, 1);
        _ = consultation.Number;
        Consultation = consultation;
        _ordinal = ordinal;
    }

    public ConsultationId Consultation { get; }

    /// <summary>1, 2, 3 … within the consultation.</summary>
    public int Ordinal => _ordinal > 0 ? _ordinal : throw new InvalidOperationException("The default recording id is invalid.");

    public PatientId Patient => Consultation.Patient;

    public string Name => $"{Consultation.Name}/recordings/{Ordinal}";

    /// <summary><c>{number}-{ordinal}</c>: the replay's id in the patient's own endpoints.</summary>
    public string ReplayId => $"{Consultation.Number}-{Ordinal}";

    /// <summary>Parses a replay id of this patient. Only the canonical decimal form is accepted.</summary>
    public static bool TryParseReplayId(PatientId owner, [NotNullWhen(true)] string? replayId, out RecordingId id)
    {
        id = default;
        var dash = replayId?.IndexOf('-') ?? -1;
        if (dash < 0 || !ResourceName.TryParseNumber(replayId.AsSpan(0, dash), out var number)
            || !ResourceName.TryParseNumber(replayId.AsSpan(dash + 1), out var ordinal))
            return false;
        id = owner.Consultation(number).Recording(ordinal);
        return true;
    }

    public static bool TryParseName([NotNullWhen(true)] string? name, out RecordingId id)
    {
        if (ResourceName.TrySplit(name, out var patient, out var number, out var ordinal) && number is { } n && ordinal is { } o
            && PatientId.TryCreate(patient, out var owner))
        {
            id = owner.Consultation(n).Recording(o);
            return true;
        }
        id = default;
        return false;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RecordingId result) =>
        TryParseName(s, out result);

    public static RecordingId Parse(string s, IFormatProvider? provider = null) =>
        TryParseName(s, out var id) ? id : throw new FormatException("Not a recording's name.");

    public override string ToString() => Name;
}
