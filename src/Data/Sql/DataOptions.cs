using System.ComponentModel.DataAnnotations;

namespace Replays.Data.Sql;

/// <summary>Section <c>Replays</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Directory of the embedded database, media and keys. Default <c>data</c>, relative to the working directory.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Creates the data directory, accessible only to its owner, if it does not exist. Returns its full path.</summary>
    public string OpenDataDirectory() => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(DataDirectory).FullName
        : Directory.CreateDirectory(DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
