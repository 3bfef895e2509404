namespace Replays.Grains.Identity;

/// <summary>Names are stored as text and read by the one parser, so that no bytes can produce an id that could not be created.</summary>
[GenerateSerializer, Alias("replays.resource-name")]
public struct ResourceNameSurrogate
{
    [Id(0)] public string? Name;
}

internal abstract class ResourceNameConverter<T> : IConverter<T, ResourceNameSurrogate> where T : struct, IResourceName<T>
{
    public T ConvertFromSurrogate(in ResourceNameSurrogate surrogate) =>
        T.TryParseName(surrogate.Name, out var id) ? id : throw new FormatException($"Not a {typeof(T).Name}.");

    public ResourceNameSurrogate ConvertToSurrogate(in T value) => new() { Name = value.Name };
}

[RegisterConverter]
internal sealed class PatientIdConverter : ResourceNameConverter<PatientId>;

[RegisterConverter]
internal sealed class ConsultationIdConverter : ResourceNameConverter<ConsultationId>;

[RegisterConverter]
internal sealed class RecordingIdConverter : ResourceNameConverter<RecordingId>;
