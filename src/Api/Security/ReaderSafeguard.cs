using System.Text.Json;

namespace Replays.Api.Security;

/// <summary>
/// The <em>reader</em> safeguard: only the validated token identifies the caller. The patient's endpoints take no patient id, and a token
/// is rejected unless it has exactly one subject claim, a JSON string that is a valid patient id.
/// </summary>
/// <remarks>Parses the payload itself: token libraries keep the last of two equal claims and turn numbers into strings.</remarks>
internal static class ReaderSafeguard
{
    /// <param name="payload">The JSON payload of a token whose signature is valid.</param>
    public static bool Allows(ReadOnlySpan<byte> payload, string claim, out PatientId subject)
    {
        subject = default;
        var occurrences = 0;
        string? value = null;
        try
        {
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
                if (reader.TokenType is not JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals(claim))
                    continue;
                occurrences++;
                reader.Read();
                value = reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        return occurrences == 1 && PatientId.TryCreate(value, out subject);
    }
}
