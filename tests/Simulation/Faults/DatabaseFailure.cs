using System.Data.Common;

namespace Replays.Simulation.Faults;

internal sealed class DatabaseFailure() : DbException("The database is gone.");
