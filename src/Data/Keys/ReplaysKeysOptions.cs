namespace Replays.Data.Keys;

/// <summary>Section <c>Replays:Keys</c>: protection of the key ring that wraps all patient keys.</summary>
public sealed class ReplaysKeysOptions
{
    /// <summary>Section <c>Certificate</c>. Default: none, so the key ring is not encrypted. Required in Production clusters.</summary>
    public CertificateFile Certificate { get; set; } = new();

    /// <summary>An X.509 certificate with its private key.</summary>
    public sealed class CertificateFile
    {
        /// <summary>Path of a PKCS#12 file.</summary>
        public string? Path { get; set; }
        public string? Password { get; set; }
    }
}
