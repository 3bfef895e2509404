using System.ComponentModel.DataAnnotations;

namespace Replays.Data.Sql;

/// <summary>Section <c>Replays</c>.</summary>
public sealed class DataOptions
{
    /// <summary>
    /// Embedded: where database, media and keys live. Default <c>data</c>; relative to the working directory, not to the program's own.
    /// </summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>The data directory's full path. Makes the directory, readable by its owner alone, if it isn't there.</summary>
    public string OpenDataDirectory() => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(DataDirectory).FullName
        : Directory.CreateDirectory(DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
