namespace Replays.Silo.OwnershipAudit;

internal interface IPatientCursor
{
    /// <summary>The patient of the current row; null at the end.</summary>
    PatientId? Patient { get; }

    ValueTask Next();
}

/// <summary>Iterates rows in patient order.</summary>
internal sealed class PatientCursor<T>(IAsyncEnumerable<PatientRow<T>> rows, CancellationToken cancellation)
    : IPatientCursor, IAsyncDisposable
{
    private readonly IAsyncEnumerator<PatientRow<T>> _rows = rows.GetAsyncEnumerator(cancellation);

    public PatientId? Patient { get; private set; }

    public T Row => _rows.Current.Row;

    public async ValueTask Next() => Patient = await _rows.MoveNextAsync() ? _rows.Current.Patient : null;

    /// <summary>Returns the current row and advances if the row is the given patient's; otherwise returns default.</summary>
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
