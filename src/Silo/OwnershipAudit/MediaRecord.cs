using System.Buffers.Binary;
using System.Globalization;

namespace Replays.Silo.OwnershipAudit;

/// <summary>A media object or a reference to one, in 32 bytes.</summary>
/// <param name="Bytes">For a reference the plaintext length, for an object the body length.</param>
/// <param name="Flag">For a reference <see cref="Required"/> or not, for an object <see cref="Old"/> or not.</param>
/// <param name="Patient">For a reference the hash code of its patient, to find it again. Not unique.</param>
internal readonly record struct MediaRecord(UInt128 Key, long Bytes, int Flag, int Patient = 0) : IComparable<MediaRecord>
{
    /// <summary>The length of an upload in progress.</summary>
    public const long AnySize = -1;

    /// <summary>Whether the referenced object must exist.</summary>
    public const int Required = 1, Optional = 0;

    /// <summary>Whether the object is older than the upload deadline.</summary>
    public const int Old = 1, Young = 0;

    public static MediaRecord OptionalReference(UInt128 key) => new(key, AnySize, Optional);

    /// <exception cref="ArgumentException">Not a valid object key.</exception>
    public static UInt128 KeyOf(string objectKey)
    {
        Span<byte> key = stackalloc byte[16];
        Convert.FromHexString(MediaObjectKey.Require(objectKey), key, out _, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(key);
    }

    public static string NameOf(UInt128 key) => key.ToString("x32", CultureInfo.InvariantCulture);

    public int CompareTo(MediaRecord other) => Key.CompareTo(other.Key);
}
