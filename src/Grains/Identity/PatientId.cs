using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Replays.Grains.Identity;

/// <summary>
/// A patient, by the id that the app's identity provider uses: 1 to 128 characters of <c>A–Z a–z 0–9 . _ ~ | : @ -</c>, the first a
/// letter, digit, <c>-</c> or <c>_</c>. Case-sensitive; never trimmed, folded or normalised.
/// </summary>
/// <remarks><c>default</c> is invalid: every use of it throws.</remarks>
[JsonConverter(typeof(ResourceNameJsonConverter<PatientId>))]
public readonly record struct PatientId : IResourceName<PatientId>
{
    public const int MaxLength = 128;

    private readonly string? _value;

    private PatientId(string value) => _value = value;

    /// <summary>The bare id.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>.</exception>
    public string Value => _value ?? throw new InvalidOperationException("The default patient id is invalid.");

    /// <summary>The full name, <c>patients/{patient}</c>, which is the key of the patient's grain.</summary>
    public string Name => $"patients/{Value}";

    public ConsultationId Consultation(int number) => new(this, number);

    /// <summary>Parses the bare id of a token or a path.</summary>
    public static bool TryCreate([NotNullWhen(true)] string? value, out PatientId id)
    {
        if (value is { Length: >= 1 and <= MaxLength } && IsAllowedFirst(value[0]) && value.All(IsAllowed))
        {
            id = new PatientId(value);
            return true;
        }
        id = default;
        return false;
    }

    public static bool TryParseName([NotNullWhen(true)] string? name, out PatientId id)
    {
        id = default;
        return ResourceName.TrySplit(name, out var patient, out var number, out _) && number is null && TryCreate(patient, out id);
    }

    /// <inheritdoc cref="IParsable{TSelf}.TryParse"/>
    /// <remarks>Parses the bare id, for route binding.</remarks>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PatientId result) => TryCreate(s, out result);

    public static PatientId Parse(string s, IFormatProvider? provider = null) =>
        TryCreate(s, out var id) ? id : throw new FormatException("Not a patient id.");

    public override string ToString() => Value;

    private static bool IsAllowedFirst(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private static bool IsAllowed(char c) => IsAllowedFirst(c) || c is '.' or '~' or '|' or ':' or '@';
}
