using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Replays.Grains.Tests")]
[assembly: InternalsVisibleTo("Replays.Api.Tests")]
[assembly: InternalsVisibleTo("Replays.Bench")]
[assembly: InternalsVisibleTo("Replays.Simulation")]
