using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Consultations;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Safeguard <em>presence</em>: nothing is recorded, and nothing delivered, in a consultation that the patient has not joined, while it was in
/// progress, with their own validated token. A consultation booked under the wrong patient's name delivers nothing, because that patient was
/// never there. Where proof is required, the recorder must also show the secret that the patient's app brought into the room.
/// </summary>
internal static class PresenceSafeguard
{
    /// <summary>Presence secrets kept per consultation, the newest: one per device that joined.</summary>
    public const int MaxDevices = 32;

    public static Denial? Check(EnabledSafeguards enabled, ConsultationState consultation) => Check(enabled, consultation, isProven: true);

    /// <param name="enabled">The safeguards in force.</param>
    /// <param name="consultation">Where the recorder wants to record.</param>
    /// <param name="proof">The secret it shows.</param>
    /// <param name="proofRequired">Whether the deployment requires one.</param>
    public static Denial? Check(EnabledSafeguards enabled, ConsultationState consultation, string? proof, bool proofRequired) =>
        Check(enabled, consultation, !proofRequired || proof is not null && consultation.PresenceDigests.Contains(Digest(proof)));

    /// <summary>SHA-256 of a secret: all that is stored of it.</summary>
    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static Denial? Check(EnabledSafeguards enabled, ConsultationState consultation, bool isProven) =>
        enabled.IsEnabled(Safeguard.Presence) && (consultation.JoinedAt is null || !isProven) ? new(Safeguard.Presence) : null;
}
