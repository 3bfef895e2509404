using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Replays.Data.Sql;
using Replays.Grains.Consultations;
using Replays.Grains.Patients;

namespace Replays.Data.GrainStorage;

/// <summary>
/// The media objects that stored records refer to, read from the database itself, page by page: every replay in a ledger, and every recording of a
/// consultation that was not given up for good.
/// </summary>
internal sealed class MediaReferences(DbDataSource database, Serializer serializer, IOptions<ClusterOptions> cluster)
{
    private const int PageSize = 200;

    /// <param name="referred">Told each object key, perhaps more than once.</param>
    /// <remarks>A row that can't be read ends it with an exception: what it refers to is not known.</remarks>
    public async Task Read(Action<string> referred, CancellationToken cancellation)
    {
        await foreach (var payload in Rows(ConsultationState.StateName, cancellation))
        {
            var state = Record<ConsultationState>(payload);
            foreach (var recording in state.Recordings)
            {
                if (state.Status is not ConsultationStatus.Settled || recording.Status is not RecordingStatus.Discarded)
                    referred(recording.ObjectKey);
            }
        }

        await foreach (var payload in Rows(LedgerPage.StateName, cancellation))
        {
            foreach (var replay in Record<LedgerPage>(payload).Entries.SelectMany(entry => entry.Replays))
                referred(replay.ObjectKey);
        }
    }

    private T Record<T>(byte[] payload) => serializer.Deserialize<T>(payload) ?? throw new InvalidDataException("A row without a record.");

    private async IAsyncEnumerable<byte[]> Rows(
        string state, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = ""; ;)
        {
            List<(string Key, byte[]? Payload)> page;
            await using (var connection = await database.OpenConnectionAsync(cancellation))
            {
                page = await connection.Statement(
                    """
                    SELECT grain_key, payload FROM replays_grain_state
                    WHERE service_id = @service AND state_name = @state AND grain_key > @after ORDER BY grain_key LIMIT @limit
                    """,
                    ("service", cluster.Value.ServiceId), ("state", state), ("after", after), ("limit", PageSize))
                    .Rows(row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)), cancellation);
            }

            foreach (var (_, payload) in page)
            {
                if (payload is not null)
                    yield return payload;
            }

            if (page.Count < PageSize)
                yield break;
            after = page[^1].Key;
        }
    }
}
