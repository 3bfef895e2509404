using System.Runtime.CompilerServices;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// The byte order of keys below patient names (<c>patients/{patient}/…</c>): ids are compared as if followed by a slash. It differs from
/// the order of the bare names if one id is a prefix of another, because <c>-</c> and <c>.</c> precede the slash.
/// </summary>
internal sealed class PatientOrder : IComparer<PatientId>
{
    public static readonly PatientOrder Instance = new();

    public int Compare(PatientId x, PatientId y)
    {
        var (one, other) = (x.Value, y.Value);
        var shorter = Math.Min(one.Length, other.Length);
        var order = one.AsSpan(0, shorter).SequenceCompareTo(other.AsSpan(0, shorter));
        if (order != 0 || one.Length == other.Length)
            return order;
        return one.Length < other.Length ? '/' - other[shorter] : one[shorter] - '/';
    }

    /// <summary>Reorders rows from the order of bare names. Buffers only ids that are prefixes of each other.</summary>
    public static async IAsyncEnumerable<PatientRow<T>> Reorder<T>(
        IAsyncEnumerable<PatientRow<T>> byId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pending = new Stack<PatientRow<T>>();
        await foreach (var next in byId.WithCancellation(cancellation))
        {
            while (pending.TryPeek(out var previous) && Instance.Compare(previous.Patient, next.Patient) < 0)
                yield return pending.Pop();
            pending.Push(next);
        }
        while (pending.TryPop(out var rest))
            yield return rest;
    }
}

/// <summary>A row with the patient in its key.</summary>
internal readonly record struct PatientRow<T>(PatientId Patient, T Row);
