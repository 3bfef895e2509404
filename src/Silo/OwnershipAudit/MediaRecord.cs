using System.Buffers.Binary;
using System.Globalization;
using Replays.Grains.Identity;

namespace Replays.Silo.OwnershipAudit;

/// <summary>A reference to an object, or an object: 32 bytes, without a name.</summary>
/// <param name="Key">The object key.</param>
/// <param name="Bytes">Of the plaintext of a reference, or of the object's body.</param>
/// <param name="Flag">What is said about it.</param>
/// <param name="Patient">Of a reference: the hash code of whose it is, to find it again; several may have the same.</param>
internal readonly record struct MediaRecord(UInt128 Key, long Bytes, int Flag, int Patient = 0) : IComparable<MediaRecord>
{
    /// <summary>The size of what may still be uploaded.</summary>
    public const long AnySize = -1;

    /// <summary>Of a reference: the object must be there, or may be.</summary>
    public const int MustBe = 1, MayBe = 0;

    /// <summary>Of an object: older than any upload may take, or not.</summary>
    public const int Old = 1, Young = 0;

    /// <exception cref="ArgumentException">It is not an object key.</exception>
    public static UInt128 KeyOf(string objectKey)
    {
        Span<byte> key = stackalloc byte[16];
        Convert.FromHexString(MediaObjectKey.Require(objectKey), key, out _, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(key);
    }

    public static string NameOf(UInt128 key) => key.ToString("x32", CultureInfo.InvariantCulture);

    public int CompareTo(MediaRecord other) => Key.CompareTo(other.Key);
}
