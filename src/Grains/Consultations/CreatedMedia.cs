namespace Replays.Grains.Consultations;

/// <summary>The unguessable token, object key and wrapped data key of a new recording.</summary>
internal sealed record CreatedMedia(string UploadToken, string ObjectKey, byte[] WrappedKey);
