using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Data.GrainStorage;

/// <summary>
/// Enumerates the media objects referenced by stored grain states: all replays in ledgers, and all recordings of consultations except those
/// discarded in a settled consultation.
/// </summary>
internal sealed class MediaReferences(DbDataSource database, Serializer serializer, IOptions<ClusterOptions> cluster)
{
    private const int PageSize = 200;

    /// <param name="found">Called with each object key, possibly more than once.</param>
    /// <exception cref="InvalidDataException">A row is empty. Unreadable rows throw too, because their references are unknown.</exception>
    public async Task Read(Action<string> found, CancellationToken cancellation)
    {
        await foreach (var payload in Rows(ConsultationState.StateName, cancellation))
        {
            var state = Deserialize<ConsultationState>(payload);
            foreach (var recording in state.Recordings)
            {
                if (state.Status is not ConsultationStatus.Settled || recording.Status is not RecordingStatus.Discarded)
                    found(recording.ObjectKey);
            }
        }
        await foreach (var payload in Rows(LedgerPage.StateName, cancellation))
        {
            foreach (var replay in Deserialize<LedgerPage>(payload).Entries.SelectMany(entry => entry.Replays))
                found(replay.ObjectKey);
        }
    }

    private T Deserialize<T>(byte[] payload) =>
        serializer.Deserialize<T>(payload) ?? throw new InvalidDataException("The row contains no state.");

    private async IAsyncEnumerable<byte[]> Rows(string state, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = ""; ;)
        {
            var rows = await database.Rows(
                """
                SELECT grain_key, payload FROM replays_grain_state
                WHERE service_id = @service AND state_name = @state AND grain_key > @after ORDER BY grain_key LIMIT @limit
                """,
                [("service", cluster.Value.ServiceId), ("state", state), ("after", after), ("limit", PageSize)],
                row => (Key: row.GetString(0), Payload: row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)),
                cancellation);
            foreach (var (_, payload) in rows)
            {
                if (payload is not null)
                    yield return payload;
            }
            if (rows.Count < PageSize)
                yield break;
            after = rows[^1].Key;
        }
    }
}
