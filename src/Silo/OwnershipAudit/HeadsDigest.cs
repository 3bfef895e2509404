using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Replays.Data.OwnershipAudit;

namespace Replays.Silo.OwnershipAudit;

/// <summary>SHA-256 over the heads of all audit trails, in order of their names.</summary>
internal sealed class HeadsDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(RecordedHead head)
    {
        Span<byte> entries = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(entries, head.Entries);
        _hash.AppendData(Encoding.UTF8.GetBytes(head.Trail + "\n"));
        _hash.AppendData(entries);
        _hash.AppendData(head.Hash);
    }

    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
