namespace Replays.Data.Keys;

/// <summary>Section <c>Replays:Keys</c>: what protects the key ring under which all patients' keys are wrapped.</summary>
public sealed class ReplaysKeysOptions
{
    /// <summary>
    /// Section <c>Certificate</c>. Default none: the key ring is stored in the clear, which a cluster refuses to do in Production.
    /// </summary>
    public CertificateFile Certificate { get; set; } = new();

    /// <summary>An X.509 certificate with its private key.</summary>
    public sealed class CertificateFile
    {
        /// <summary>A PKCS#12 file.</summary>
        public string? Path { get; set; }
        public string? Password { get; set; }
    }
}
