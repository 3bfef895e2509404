using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Replays.Grains.Tests")]
