using System.Text.Json;
using Npgsql;

namespace Replays.Data.Sql;

/// <summary>SQL for sets of resource names.</summary>
internal static class NameSql
{
    /// <summary>A FROM item with the rows of <see cref="Names"/> as <c>each.value</c>.</summary>
    public static string Each(DbDataSource database) =>
        database is NpgsqlDataSource ? "json_array_elements_text(CAST(@names AS json)) AS each(value)" : "json_each(@names) AS each";

    public static (string, object?) Names(IEnumerable<string> names) => ("names", JsonSerializer.Serialize(names));

    /// <summary>A condition for all names below a patient's; see <see cref="Range"/>.</summary>
    public static string InRange(string column) => $"{column} >= @first AND {column} < @last";

    /// <remarks>In ASCII, <c>0</c> follows <c>/</c>.</remarks>
    public static (string, object?)[] Range(PatientId patient) => [("first", patient.Name + "/"), ("last", patient.Name + "0")];
}
