using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Replays.Media.FileSystem;

/// <summary>
/// fsync of a directory: without it a power failure can undo the creation or renaming of a file whose content was flushed.
/// .NET cannot open directories, so this calls the C library. Windows journals its directories.
/// </summary>
internal static class DurableDirectory
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw LastError();

        try
        {
            if (Fsync(descriptor) != 0)
                throw LastError();
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException LastError()
    {
        var error = Marshal.GetLastPInvokeError();
        return new(new Win32Exception(error).Message, error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
