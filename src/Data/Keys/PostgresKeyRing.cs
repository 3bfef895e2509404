using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Replays.Data.Keys;

/// <summary>Stores the Data Protection key ring in <c>replays_key_ring</c>, shared by all processes of the cluster.</summary>
internal sealed class PostgresKeyRing(NpgsqlDataSource database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("SELECT xml FROM replays_key_ring ORDER BY id");
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read())
            elements.Add(XElement.Parse(reader.GetString(0)));
        return elements;
    }

    /// <remarks>
    /// Processes that start concurrently on an empty ring each create an active key. The others would not see it, because they refresh the
    /// ring once a day. A key is therefore discarded if another was stored in the last minute; its creator then rereads the ring.
    /// </remarks>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        Execute("LOCK TABLE replays_key_ring IN EXCLUSIVE MODE");
        Execute(
            """
            INSERT INTO replays_key_ring (friendly_name, xml)
            SELECT @name, @xml
            WHERE NOT @isKey OR NOT EXISTS (
                SELECT 1 FROM replays_key_ring WHERE friendly_name LIKE 'key-%' AND stored_at > now() - interval '1 minute')
            """,
            new("name", friendlyName),
            new("xml", element.ToString(SaveOptions.DisableFormatting)),
            new("isKey", element.Name.LocalName == "key"));
        transaction.Commit();

        void Execute(string sql, params NpgsqlParameter[] parameters)
        {
            using var command = new NpgsqlCommand(sql, connection, transaction);
            command.Parameters.AddRange(parameters);
            command.ExecuteNonQuery();
        }
    }
}
