namespace Replays.Grains.Identity;

/// <summary>
/// Names are stored and sent as text and read by the parser that reads all others, so that no stored or received bytes can produce an id
/// that could not be created otherwise.
/// </summary>
[GenerateSerializer, Alias("replays.resource-name")]
public struct ResourceNameSurrogate
{
    [Id(0)] public string? Name;

    internal static T Read<T>(in ResourceNameSurrogate surrogate) where T : struct, IResourceName<T> =>
        T.TryParseName(surrogate.Name, out var id) ? id : throw new FormatException($"Not a {typeof(T).Name}.");
}

[RegisterConverter]
internal sealed class PatientIdConverter : IConverter<PatientId, ResourceNameSurrogate>
{
    public PatientId ConvertFromSurrogate(in ResourceNameSurrogate surrogate) => ResourceNameSurrogate.Read<PatientId>(surrogate);

    public ResourceNameSurrogate ConvertToSurrogate(in PatientId value) => new() { Name = value.Name };
}

[RegisterConverter]
internal sealed class ConsultationIdConverter : IConverter<ConsultationId, ResourceNameSurrogate>
{
    public ConsultationId ConvertFromSurrogate(in ResourceNameSurrogate surrogate) => ResourceNameSurrogate.Read<ConsultationId>(surrogate);

    public ResourceNameSurrogate ConvertToSurrogate(in ConsultationId value) => new() { Name = value.Name };
}

[RegisterConverter]
internal sealed class RecordingIdConverter : IConverter<RecordingId, ResourceNameSurrogate>
{
    public RecordingId ConvertFromSurrogate(in ResourceNameSurrogate surrogate) => ResourceNameSurrogate.Read<RecordingId>(surrogate);

    public ResourceNameSurrogate ConvertToSurrogate(in RecordingId value) => new() { Name = value.Name };
}
