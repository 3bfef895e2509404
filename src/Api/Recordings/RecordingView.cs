using System.Text.Json.Serialization;
using Replays.Grains.Consultations;

namespace Replays.Api.Recordings;

/// <param name="Ordinal">1, 2, 3 … within the consultation.</param>
/// <param name="ReceivedBytes">Bytes of media that are durable; omitted while the media store is unavailable.</param>
/// <param name="Upload">The absolute path to upload to, with this recording's unguessable token.</param>
/// <param name="Sha256">Hexadecimal digest of the media, once sealed.</param>
public sealed record RecordingView(
    string Name, int Ordinal, ConsultationMode Mode, RecordingStatus Status, DateTimeOffset StartedAt, string ContentType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ReceivedBytes,
    string Upload,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256)
{
    public static RecordingView Of(Recording recording, long? receivedBytes) => new(
        recording.Name.Name, recording.Name.Ordinal, recording.Mode, recording.Status, recording.StartedAt, recording.ContentType,
        recording.SizeBytes ?? receivedBytes, UploadPath(recording), recording.Sha256);

    public static string UploadPath(Recording recording) => $"{RecordingPath.Of(recording.Name)}/content?token={recording.UploadToken}";
}

/// <summary>The recording that is already open.</summary>
public sealed record OpenRecordingView(int Ordinal, string Upload)
{
    public static OpenRecordingView Of(Recording recording) => new(recording.Name.Ordinal, RecordingView.UploadPath(recording));
}
