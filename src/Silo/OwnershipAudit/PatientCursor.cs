using Replays.Grains.Identity;

namespace Replays.Silo.OwnershipAudit;

internal interface IPatientCursor
{
    /// <summary>Whose row comes next; null: none does.</summary>
    PatientId? Patient { get; }

    ValueTask Next();
}

/// <summary>A stream of rows in the order of their patients, and where it is.</summary>
internal sealed class PatientCursor<T>(IAsyncEnumerable<PatientRow<T>> rows, CancellationToken cancellation) : IPatientCursor, IAsyncDisposable
{
    private readonly IAsyncEnumerator<PatientRow<T>> _rows = rows.GetAsyncEnumerator(cancellation);

    public PatientId? Patient { get; private set; }

    public T Row => _rows.Current.Row;

    public async ValueTask Next() => Patient = await _rows.MoveNextAsync() ? _rows.Current.Patient : null;

    /// <summary>The row of that patient, if it is next.</summary>
    public async ValueTask<T?> Take(PatientId patient)
    {
        if (Patient != patient)
            return default;
        var row = Row;
        await Next();
        return row;
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
