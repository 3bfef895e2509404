namespace Replays.Media.Stores;

internal enum MediaProvider
{
    FileSystem,
    S3,
}
