using System.Reflection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Replays.Data.GrainStorage;

/// <summary>Rejects state names used by two grain classes, whose rows the AdoNet provider would not keep apart.</summary>
internal sealed class StateNameValidator(IOptions<GrainTypeOptions> grains) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        var shared = grains.Value.Classes
            .SelectMany(grain => StatesOf(grain).Select(state => (Grain: grain, state.StateName)))
            .GroupBy(use => use.StateName)
            .FirstOrDefault(uses => uses.Select(use => use.Grain).Distinct().Count() > 1);
        if (shared is not null)
        {
            throw new OrleansConfigurationException(
                $"Only one grain class may use the state name '{shared.Key}': {string.Join(", ", shared.Select(use => use.Grain.Name))}.");
        }
    }

    private static IEnumerable<PersistentStateAttribute> StatesOf(Type grain) => grain
        .GetConstructors().SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>()).OfType<PersistentStateAttribute>();
}
