using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Replays.Grains.Identity;

/// <summary>A consultation's full name, <c>patients/{patient}/consultations/{number}</c>: it contains its patient.</summary>
/// <remarks><c>default</c> is invalid: every use of it throws.</remarks>
[JsonConverter(typeof(ResourceNameJsonConverter<ConsultationId>))]
public readonly record struct ConsultationId : IResourceName<ConsultationId>
{
    private readonly int _number;

    internal ConsultationId(PatientId patient, int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        _ = patient.Value;
        Patient = patient;
        _number = number;
    }

    /// <summary>The only patient of the consultation.</summary>
    public PatientId Patient { get; }

    /// <summary>1, 2, 3 … per patient: numbers repeat across patients.</summary>
    public int Number => _number > 0 ? _number : throw new InvalidOperationException("The default consultation id is invalid.");

    /// <summary>The full name, which is the key of the consultation's grain.</summary>
    public string Name => $"{Patient.Name}/consultations/{Number}";

    public RecordingId Recording(int ordinal) => new(this, ordinal);

    public static bool TryParseName([NotNullWhen(true)] string? name, out ConsultationId id)
    {
        if (ResourceName.TrySplit(name, out var patient, out var number, out var ordinal) && number is { } n && ordinal is null
            && PatientId.TryCreate(patient, out var owner))
        {
            id = new ConsultationId(owner, n);
            return true;
        }
        id = default;
        return false;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ConsultationId result) =>
        TryParseName(s, out result);

    public static ConsultationId Parse(string s, IFormatProvider? provider = null) =>
        TryParseName(s, out var id) ? id : throw new FormatException("Not a consultation's name.");

    public override string ToString() => Name;
}
