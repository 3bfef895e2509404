using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Replays.Data.Keys;

/// <summary>Data Protection's key ring in <c>replays_key_ring</c>, so that every process of the cluster wraps and unwraps with the same keys.</summary>
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
    /// Processes that start together on an empty ring each make a key that is active at once, and would wrap with keys that the others, who
    /// reread the ring once a day, don't know. So a key is dropped when another has just been stored; its maker then rereads and finds that one.
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
