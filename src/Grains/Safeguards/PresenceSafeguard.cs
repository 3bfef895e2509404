using System.Security.Cryptography;
using System.Text;
using Replays.Grains.Consultations;

namespace Replays.Grains.Safeguards;

/// <summary>
/// Lock <em>presence</em>: nothing is recorded, and nothing delivered, in a consultation that the patient has not joined, while it was in
/// progress, with their own validated token. A consultation booked under the wrong patient's name delivers nothing, because that patient was
/// never there. Where the proof is required, the recorder must also show the secret that the patient's app brought into the room.
/// </summary>
internal sealed class PresenceSafeguard(EnabledSafeguards armed, SafeguardDenials refusals)
{
    /// <summary>Secrets kept a consultation, the newest: one a device that joined.</summary>
    public const int MaxDevices = 32;

    public bool Allows(ConsultationState consultation) => Allows(consultation, true);

    /// <param name="consultation">Where the recorder wants to record.</param>
    /// <param name="proof">The secret it shows; required by <paramref name="proofRequired"/>.</param>
    /// <param name="proofRequired">Whether the deployment demands it.</param>
    public bool Allows(ConsultationState consultation, string? proof, bool proofRequired) =>
        Allows(consultation, !proofRequired || proof is not null && consultation.PresenceDigests.Contains(Digest(proof)));

    /// <summary>What is kept of a secret.</summary>
    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private bool Allows(ConsultationState consultation, bool proven)
    {
        if (!armed.IsEnabled(Safeguard.Presence) || consultation.JoinedAt is not null && proven)
            return true;
        refusals.RecordDenial(Safeguard.Presence);
        return false;
    }
}
