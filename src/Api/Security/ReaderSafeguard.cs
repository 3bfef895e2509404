using System.Text.Json;
using Replays.Grains.Identity;

namespace Replays.Api.Security;

/// <summary>
/// Lock <em>reader</em>: who reads is said by the validated token alone. The patient's endpoints take no patient id, and a token without
/// exactly one usable subject, a JSON string that is a patient id, is refused.
/// </summary>
/// <remarks>
/// It reads the token's payload itself: token libraries let the last of two equal claims win and turn numbers and lists into strings.
/// </remarks>
internal static class ReaderSafeguard
{
    /// <param name="payload">The JSON of a token whose signature was checked.</param>
    /// <param name="claim">The name of the claim that identifies the person.</param>
    /// <param name="subject">Who reads.</param>
    public static bool Allows(ReadOnlySpan<byte> payload, string claim, out PatientId subject)
    {
        subject = default;
        var found = 0;
        string? value = null;
        try
        {
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
                if (reader.TokenType is not JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals(claim))
                    continue;
                found++;
                reader.Read();
                value = reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        return found == 1 && PatientId.TryCreate(value, out subject);
    }
}
