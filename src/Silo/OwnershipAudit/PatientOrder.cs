using System.Runtime.CompilerServices;
using Replays.Grains.Identity;

namespace Replays.Silo.OwnershipAudit;

/// <summary>
/// The order in which patients come in the rows below their names (<c>patients/{patient}/…</c>): that of their ids, each followed by a slash.
/// Rows under the names themselves come otherwise where one id begins another, for <c>-</c> and <c>.</c> are before the slash.
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

    /// <summary>Brings what is ordered by the ids alone into this order. Holds back no more than ids that begin each other.</summary>
    public static async IAsyncEnumerable<PatientRow<T>> Reorder<T>(
        IAsyncEnumerable<PatientRow<T>> byId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var held = new Stack<PatientRow<T>>();
        await foreach (var next in byId.WithCancellation(cancellation))
        {
            while (held.TryPeek(out var before) && Instance.Compare(before.Patient, next.Patient) < 0)
                yield return held.Pop();
            held.Push(next);
        }
        while (held.TryPop(out var rest))
            yield return rest;
    }
}

/// <summary>A row, and whose it is by its key.</summary>
internal readonly record struct PatientRow<T>(PatientId Patient, T Row);
