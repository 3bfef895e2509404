namespace Replays.Grains.Identity;

/// <summary>
/// How names are stored and sent: the full name as text, read back by the same parser as everything else, so that no stored or sent byte
/// can make an id that could not be made otherwise.
/// </summary>
[GenerateSerializer, Alias("replays.name")]
public struct NameSurrogate
{
    [Id(0)]
    public string? Name;

    internal static T Read<T>(in NameSurrogate surrogate) where T : struct, IName<T> =>
        T.TryParseName(surrogate.Name, out var id) ? id : throw new FormatException($"Not a {typeof(T).Name}.");
}

[RegisterConverter]
internal sealed class PatientIdConverter : IConverter<PatientId, NameSurrogate>
{
    public PatientId ConvertFromSurrogate(in NameSurrogate surrogate) => NameSurrogate.Read<PatientId>(surrogate);

    public NameSurrogate ConvertToSurrogate(in PatientId value) => new() { Name = value.Name };
}

[RegisterConverter]
internal sealed class ConsultationIdConverter : IConverter<ConsultationId, NameSurrogate>
{
    public ConsultationId ConvertFromSurrogate(in NameSurrogate surrogate) => NameSurrogate.Read<ConsultationId>(surrogate);

    public NameSurrogate ConvertToSurrogate(in ConsultationId value) => new() { Name = value.Name };
}

[RegisterConverter]
internal sealed class RecordingIdConverter : IConverter<RecordingId, NameSurrogate>
{
    public RecordingId ConvertFromSurrogate(in NameSurrogate surrogate) => NameSurrogate.Read<RecordingId>(surrogate);

    public NameSurrogate ConvertToSurrogate(in RecordingId value) => new() { Name = value.Name };
}
