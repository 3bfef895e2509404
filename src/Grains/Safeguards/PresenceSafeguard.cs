using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Consultations;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>presence</em>: nothing is recorded or delivered in a consultation that the patient has not joined, while it was in
/// progress, with their own validated token. A consultation booked under the wrong patient's name delivers nothing, because that patient
/// never joined. Where proof is required, the recorder must also present the secret that the patient's app brought into the room.
/// </summary>
internal static class PresenceSafeguard
{
    /// <summary>Presence secrets kept per consultation, one per device; the oldest are dropped.</summary>
    public const int MaxDevices = 32;

    /// <param name="proof">The secret that the recorder presents.</param>
    public static Denial? Check(EnabledSafeguards enabled, ConsultationState consultation, string? proof = null, bool proofRequired = false)
    {
        var isProven = !proofRequired || proof is not null && consultation.PresenceDigests.Contains(Digest(proof));
        return enabled.IsEnabled(Safeguard.Presence) && (consultation.JoinedAt is null || !isProven) ? new(Safeguard.Presence) : null;
    }

    /// <summary>SHA-256 of a secret; the secret itself is not stored.</summary>
    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
