using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Replays.Media.FileSystem;

/// <summary>
/// fsync of a directory: without it a file that was created or renamed may be gone after a power cut, though its own bytes were flushed.
/// .NET opens no directories, so this asks the C library. Windows keeps its directories by journal.
/// </summary>
public static class DurableDirectory
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw Failure();

        try
        {
            if (Fsync(descriptor) != 0)
                throw Failure();
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure()
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
